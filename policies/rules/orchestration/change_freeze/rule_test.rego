package rules.orchestration.change_freeze_test

import data.lib.testing_test as testing
import data.rules.orchestration.change_freeze

_ids := testing.ids(change_freeze.unmet)

_frozen := {"active": true, "until": "2026-09-22T06:00:00Z", "reason": "quarter end"}

test_a_freeze_stops_execution_and_says_until_when_and_why if {
	why := {"a change freeze holds until 2026-09-22T06:00:00Z: quarter end"}
	testing.explanations(change_freeze.unmet) == why with input as testing.executing with input.facts.freeze as _frozen
	_ids == {"orchestration.change_freeze"} with input as testing.executing with input.facts.freeze as _frozen
}

test_only_false_is_thawed if {
	every value in array.concat(testing.garbage, [0, "false"]) {
		_ids == {"orchestration.change_freeze"} with input as testing.executing with input.facts.freeze.active as value
	}
}

test_an_unknown_state_stops_execution_and_is_said_to_be_unknown if {
	every path in ["facts", "facts/freeze"] {
		unsaid := json.remove(testing.executing, [path])
		testing.explanations(change_freeze.unmet) == {"whether a change freeze holds is not known"} with input as unsaid
	}
	every path in ["until", "reason"] {
		unsaid := json.remove(_frozen, [path])
		_ids == {"orchestration.change_freeze"} with input as testing.executing with input.facts.freeze as unsaid
	}
}

test_without_a_freeze_one_executes if _ids == set() with input as testing.executing

test_other_actions_go_on if {
	every other in [testing.approving, testing.proposing] {
		_ids == set() with input as other with input.facts.freeze as _frozen
	}
}

test_break_glass_goes_on if {
	_ids == set() with input as testing.breaking with input.facts.freeze as _frozen
	_ids == {"orchestration.change_freeze"} with input as testing.breaking
		with input.facts.freeze as _frozen
		with input.facts.breakGlass.active as false
}
