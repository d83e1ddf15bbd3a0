package rules.orchestration.step_up_test

import data.lib.testing_test as testing
import data.rules.orchestration.step_up

_ids := testing.ids(step_up.unmet)

# The moment of the base input is 1790000000.
_signed_in(age) := 1790000000 - age

test_a_sign_in_older_than_15_minutes_is_stale if {
	every age in [901, 86400] {
		_ids == {"orchestration.step_up"} with input as testing.executing with input.actor.authTime as _signed_in(age)
	}
}

test_a_sign_in_of_the_future_is_none if {
	every age in [-1, -900] {
		_ids == {"orchestration.step_up"} with input as testing.executing with input.actor.authTime as _signed_in(age)
	}
}

test_an_unknown_sign_in_is_none if {
	every value in [null, true, "1789999700", [1789999700], {}] {
		_ids == {"orchestration.step_up"} with input as testing.executing with input.actor.authTime as value
	}
	every path in ["actor", "actor/authTime", "actor/acr", "now", "now/epoch"] {
		_ids == {"orchestration.step_up"} with input as json.remove(testing.executing, [path])
	}
}

test_another_acr_is_not_strong if {
	mfa := "urn:countersign:acr:mfa"
	every acr in array.concat(testing.garbage, ["urn:countersign:acr:pwd", $"{mfa}2", upper(mfa), [mfa]]) {
		_ids == {"orchestration.step_up"} with input as testing.executing with input.actor.acr as acr
	}
}

test_p0_and_p1_are_grave if {
	every severity in ["P0", "P1"] {
		why := {$"executing on a {severity} needs a second factor within the last 900 s"}
		testing.explanations(step_up.unmet) == why with input as testing.executing
			with input.resource.severity as severity
			with input.actor.acr as null
	}
}

test_an_unknown_severity_is_grave_and_said_to_be_unknown if {
	why := {"the severity of the incident is not known, so a second factor is needed"}
	weak := json.remove(testing.executing, ["actor/acr"])
	testing.explanations(step_up.unmet) == why with input as weak with input.resource.severity as null
	every path in ["resource", "resource/severity"] {
		testing.explanations(step_up.unmet) == why with input as json.remove(weak, [path])
	}
	every severity in array.concat(testing.garbage, ["P5", "p3", ["P3"]]) {
		_ids == {"orchestration.step_up"} with input as weak with input.resource.severity as severity
	}
}

test_up_to_15_minutes_a_second_factor_is_strong if {
	every age in [0, 1, 899, 900] {
		_ids == set() with input as testing.executing with input.actor.authTime as _signed_in(age)
	}
}

test_lesser_severities_need_no_second_factor if {
	every severity in ["P2", "P3", "P4"] {
		_ids == set() with input as testing.executing
			with input.resource.severity as severity
			with input.actor.acr as null
			with input.actor.authTime as null
	}
}

test_other_actions_need_no_second_factor if {
	every other in [testing.approving, testing.proposing] {
		_ids == set() with input as other with input.actor.acr as null
	}
}

test_it_is_curable_and_says_how if {
	expected := {{
		"ruleId": "orchestration.step_up",
		"precedence": 500,
		"effect": "STEP_UP",
		"explanation": "executing on a P1 needs a second factor within the last 900 s",
		"remedy": "sign in again with a second factor, then repeat the call with the same idempotency key",
		"challenge": {"acrValues": "urn:countersign:acr:mfa", "maxAge": 900},
	}}
	step_up.unmet == expected with input as testing.executing with input.actor.acr as null
}

test_under_break_glass_every_severity_is_grave if {
	every severity in ["P0", "P1", "P2", "P3", "P4"] {
		why := {"executing under break-glass needs a second factor within the last 900 s"}
		testing.explanations(step_up.unmet) == why with input as testing.breaking
			with input.resource.severity as severity
			with input.actor.acr as null
	}
	_ids == set() with input as testing.breaking with input.resource.severity as "P3"
}
