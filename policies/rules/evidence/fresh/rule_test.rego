package rules.evidence.fresh_test

import data.lib.testing_test as testing
import data.rules.evidence.fresh

_why := testing.explanations(fresh.unmet)

_aged(days) := object.union(testing.promoting, {"facts": {"evidence": {"ageDays": days}}})

test_older_than_a_year_or_of_the_future_is_refused if {
	every days in [-1, 366, 4000] {
		_why == {$"the evidence is {days} days old, it must be from 0 to 365"} with input as _aged(days)
	}
}

test_an_unknown_age_is_refused if {
	why := {"the age of the evidence is not known"}
	every value in [null, true, "3", [3], {}] {
		_why == why with input as _aged(value)
	}
	every path in ["facts", "facts/evidence", "facts/evidence/ageDays"] {
		_why == why with input as json.remove(testing.promoting, [path])
	}
}

test_of_what_is_not_published_another_rule_speaks if {
	_why == set() with input as testing.promoting with input.facts.evidence as {"published": false}
}

test_a_year_to_the_day_is_fine if {
	every days in [0, 1, 364, 365] {
		_why == set() with input as _aged(days)
	}
}

test_other_actions_go_on if {
	every other in [testing.publishing_evidence, testing.waiving, testing.expiring] {
		_why == set() with input as other
	}
}
