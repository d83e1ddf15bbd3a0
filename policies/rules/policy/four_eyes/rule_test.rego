package rules.policy.four_eyes_test

import data.lib.testing_test as testing
import data.rules.policy.four_eyes

_why := testing.explanations(four_eyes.unmet)

test_who_proposed_does_not_confirm if {
	every change in [testing.publishing, testing.rolling_back] {
		why := {$"`{change.actor.id}` proposed this change and cannot confirm it"}
		_why == why with input as change with input.facts.policyChange.proposedBy as change.actor.id
	}
}

test_an_unknown_proposer_might_be_the_caller if {
	why := {"who proposed this change is not known"}
	every path in ["facts", "facts/policyChange", "facts/policyChange/proposedBy"] {
		_why == why with input as json.remove(testing.publishing, [path])
	}
	every value in [false, 0, [], ["user:pat"], {}] {
		_why == why with input as testing.publishing with input.facts.policyChange.proposedBy as value
	}
	every value in [null, 5, ["user:petra"]] {
		_why == why with input as testing.publishing
			with input.facts.policyChange.proposedBy as "user:pat"
			with input.actor.id as value
	}
}

test_the_first_call_proposes if _why == set() with input as testing.publishing

test_somebody_else_confirms if {
	_why == set() with input as testing.publishing with input.facts.policyChange.proposedBy as "user:pat"
}
