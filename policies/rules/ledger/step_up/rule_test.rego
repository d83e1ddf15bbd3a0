package rules.ledger.step_up_test

import data.lib.testing_test as testing
import data.rules.ledger.step_up

_ids := testing.ids(step_up.unmet)

_refused := {"ledger.step_up"}

test_storing_away_needs_a_second_factor_of_the_last_15_minutes if {
	# The moment of the base input is 1790000000.
	every moment in [null, 1789999099, 1790000001] {
		_ids == _refused with input as testing.archiving with input.actor.authTime as moment
	}
	_ids == _refused with input as testing.archiving with input.actor.acr as "urn:countersign:acr:pwd"
}

test_one_of_exactly_15_minutes_ago_is_enough if {
	_ids == set() with input as testing.archiving with input.actor.authTime as 1789999100
}

test_reading_needs_none if {
	every action in ["ledger.read_entries", "ledger.read_entry", "ledger.read_log", "ledger.read_timeline"] {
		_ids == set() with input as testing.reading with input.action as action with input.actor.acr as null
	}
}

test_it_is_curable_and_says_how if {
	expected := {{
		"ruleId": "ledger.step_up",
		"precedence": 520,
		"effect": "STEP_UP",
		"explanation": "storing entries away needs a second factor within the last 900 s",
		"remedy": "sign in again with a second factor, then repeat the call with the same idempotency key",
		"challenge": {"acrValues": "urn:countersign:acr:mfa", "maxAge": 900},
	}}
	step_up.unmet == expected with input as testing.archiving with input.actor.acr as null
}
