package rules.evidence.waiver_expiry_test

import data.lib.testing_test as testing
import data.rules.evidence.waiver_expiry

_why := testing.explanations(waiver_expiry.unmet)

_for(seconds) := object.union(testing.waiving, {"facts": {"evidence": {"expiresInSeconds": seconds}}})

test_one_that_has_ended_is_refused if {
	every seconds in [-1000000, -1, 0] {
		_why == {"the waiver would have ended already"} with input as _for(seconds)
	}
}

test_one_of_more_than_90_days_is_refused if {
	every seconds in [7776001, 31536000] {
		_why == {$"the waiver would hold for {seconds} s, at most 7776000 s are possible"} with input as _for(seconds)
	}
}

test_one_without_an_end_is_refused if {
	why := {"when the waiver would end is not known"}
	every value in [null, true, "604800", [604800], {}] {
		_why == why with input as _for(value)
	}
	every path in ["facts", "facts/evidence", "facts/evidence/expiresInSeconds"] {
		_why == why with input as json.remove(testing.waiving, [path])
	}
}

test_a_second_and_90_days_are_possible if {
	every seconds in [1, 604800, 7776000] {
		_why == set() with input as _for(seconds)
	}
}

test_other_actions_end_nowhere if {
	every other in [testing.promoting, testing.publishing_evidence, testing.registering] {
		_why == set() with input as other
	}
}
