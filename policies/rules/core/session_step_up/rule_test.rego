package rules.core.session_step_up_test

import data.lib.testing_test as testing
import data.rules.core.session_step_up

_ids := testing.ids(session_step_up.unmet)

_sensitive := [
	testing.approving,
	testing.archiving,
	testing.declaring,
	testing.erasing,
	testing.executing,
	testing.flagging,
	testing.reviewing,
]

_weak(allowed) := object.union(allowed, {"actor": {"acr": "urn:countersign:acr:pwd"}})

test_from_an_unknown_zone_sensitive_actions_need_a_second_factor if {
	every sensitive in _sensitive {
		_ids == {"core.session_step_up"} with input as _weak(sensitive) with input.context.zone as "unknown"
	}
	every zone in [null, "", 5, [], ["office"], {}, true] {
		_ids == {"core.session_step_up"} with input as _weak(testing.executing) with input.context.zone as zone
	}
	every path in ["context", "context/zone"] {
		_ids == {"core.session_step_up"} with input as json.remove(_weak(testing.executing), [path])
	}
}

test_with_a_risk_of_50_to_79_too if {
	every sensitive in _sensitive {
		every risk in [50, 65, 79] {
			_ids == {"core.session_step_up"} with input as _weak(sensitive) with input.context.sessionRisk as risk
		}
	}
}

test_a_second_factor_of_longer_ago_does_not_help if {
	# The moment of the base input is 1790000000.
	_ids == {"core.session_step_up"} with input as testing.executing
		with input.context.zone as "unknown"
		with input.actor.authTime as 1789999099
	_ids == set() with input as testing.executing
		with input.context.zone as "unknown"
		with input.actor.authTime as 1789999100
}

# A session that is refused is not told that a second factor would help.
test_what_no_second_factor_cures_is_not_stepped_up if {
	every risk in [80, 100, -1, null] {
		_ids == set() with input as _weak(testing.executing) with input.context.sessionRisk as risk
	}
}

test_from_a_known_zone_with_a_low_risk_nothing_more_is_needed if {
	every sensitive in _sensitive {
		_ids == set() with input as _weak(sensitive) with input.context.sessionRisk as 49
	}
}

test_with_a_fresh_second_factor_nothing_more_is_needed if {
	every sensitive in _sensitive {
		_ids == set() with input as sensitive with input.context.zone as "unknown" with input.context.sessionRisk as 79
	}
}

test_other_actions_need_no_second_factor if {
	every other in [testing.proposing, testing.resolving, testing.reading, testing.receiving] {
		_ids == set() with input as _weak(other) with input.context.zone as "unknown" with input.context.sessionRisk as 79
	}
}

test_it_is_curable_and_says_why_and_how if {
	why := "session risk is 50 and the network zone is not known, so a second factor within the last 900 s is needed"
	expected := {{
		"ruleId": "core.session_step_up",
		"precedence": 510,
		"effect": "STEP_UP",
		"explanation": why,
		"remedy": "sign in again with a second factor, then repeat the call with the same idempotency key",
		"challenge": {"acrValues": "urn:countersign:acr:mfa", "maxAge": 900},
	}}
	session_step_up.unmet == expected with input as _weak(testing.executing)
		with input.context.zone as "unknown"
		with input.context.sessionRisk as 50
}
