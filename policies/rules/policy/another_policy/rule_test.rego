package rules.policy.another_policy_test

import data.lib.testing_test as testing
import data.rules.policy.another_policy

_why := testing.explanations(another_policy.unmet)

_same := {"this policy is the active one, or it is not known which is"}

test_going_back_to_what_is_active_is_refused if {
	_why == _same with input as testing.rolling_back with input.facts.policyChange.active as true
}

test_what_is_not_known_to_be_another_is_refused if {
	every value in testing.garbage {
		_why == _same with input as testing.rolling_back with input.facts.policyChange.active as value
	}
	every path in ["facts", "facts/policyChange", "facts/policyChange/active"] {
		_why == _same with input as json.remove(testing.rolling_back, [path])
	}
}

test_another_one_is_fine if _why == set() with input as testing.rolling_back

test_publishing_goes_by_the_serial if {
	_why == set() with input as testing.publishing with input.facts.policyChange.active as true
}
