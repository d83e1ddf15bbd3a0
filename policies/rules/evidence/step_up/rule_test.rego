package rules.evidence.step_up_test

import data.lib.testing_test as testing
import data.rules.evidence.step_up

_ids := testing.ids(step_up.unmet)

_refused := {"evidence.step_up"}

test_a_waiver_needs_a_second_factor_of_the_last_15_minutes if {
	# The moment of the base input is 1790000000.
	every moment in [null, 1789999099, 1790000001] {
		_ids == _refused with input as testing.waiving with input.actor.authTime as moment
	}
	_ids == _refused with input as testing.waiving with input.actor.acr as "urn:countersign:acr:pwd"
}

test_one_of_exactly_15_minutes_ago_is_enough if {
	_ids == set() with input as testing.waiving with input.actor.authTime as 1789999100
}

test_the_release_itself_needs_none if {
	every other in [testing.promoting, testing.publishing_evidence, testing.registering] {
		_ids == set() with input as other
	}
}

test_it_is_curable_and_says_how if {
	expected := {{
		"ruleId": "evidence.step_up",
		"precedence": 520,
		"effect": "STEP_UP",
		"explanation": "a waiver needs a second factor within the last 900 s",
		"remedy": "sign in again with a second factor, then repeat the call with the same idempotency key",
		"challenge": {"acrValues": "urn:countersign:acr:mfa", "maxAge": 900},
	}}
	step_up.unmet == expected with input as testing.waiving with input.actor.acr as null
}
