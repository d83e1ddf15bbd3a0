package rules.evidence.waivers_hold_test

import data.lib.testing_test as testing
import data.rules.evidence.waivers_hold

_why := testing.explanations(waivers_hold.unmet)

_unknown := {"whether the waivers still hold is not known"}

_chaos := {"id": "chaos", "expiresAt": "2026-01-01T00:00:00.000Z"}

test_each_waiver_that_ended_is_told if {
	why := {
		"the waiver of `chaos` ended at 2026-01-01T00:00:00.000Z",
		"the waiver of `k6` ended at 2026-02-01T00:00:00.000Z",
	}
	lapsed := [_chaos, {"id": "k6", "expiresAt": "2026-02-01T00:00:00.000Z"}]
	_why == why with input as testing.promoting with input.facts.evidence.lapsed as lapsed
}

test_what_is_not_known_is_refused if {
	every path in ["facts", "facts/evidence", "facts/evidence/lapsed"] {
		_why == _unknown with input as json.remove(testing.promoting, [path])
	}
	every value in [null, false, 0, "", {}, ["chaos"], [{}], [{"id": "chaos"}], [object.union(_chaos, {"id": 5})]] {
		_why == _unknown with input as testing.promoting with input.facts.evidence.lapsed as value
	}
}

test_of_what_is_not_published_another_rule_speaks if {
	_why == set() with input as testing.promoting with input.facts.evidence as {"published": false}
}

test_none_that_ended_is_fine if _why == set() with input as testing.promoting

test_other_actions_go_on if {
	every other in [testing.publishing_evidence, testing.waiving, testing.registering] {
		_why == set() with input as other
	}
}
