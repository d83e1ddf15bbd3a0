package rules.orchestration.kill_switch_test

import data.lib.testing_test as testing
import data.rules.orchestration.kill_switch

_ids := testing.ids(kill_switch.unmet)

test_an_engaged_kill_switch_stops_execution if {
	expected := {{
		"ruleId": "orchestration.kill_switch",
		"precedence": 100,
		"effect": "DENY",
		"explanation": "the kill switch `remediation.kill-switch` is engaged",
		"remedy": "wait until an sre or org-admin releases the flag `remediation.kill-switch`",
	}}
	kill_switch.unmet == expected with input as testing.executing with input.facts.killSwitch as true
}

test_only_false_is_released if {
	every value in array.concat(testing.garbage, [0, "false"]) {
		_ids == {"orchestration.kill_switch"} with input as testing.executing with input.facts.killSwitch as value
	}
}

test_an_unknown_state_stops_execution_and_is_said_to_be_unknown if {
	why := {"whether the kill switch `remediation.kill-switch` is engaged is not known"}
	every path in ["facts", "facts/killSwitch"] {
		testing.explanations(kill_switch.unmet) == why with input as json.remove(testing.executing, [path])
	}
}

test_a_released_one_lets_execute if _ids == set() with input as testing.executing

test_other_actions_go_on if {
	every other in [testing.approving, testing.proposing] {
		_ids == set() with input as other with input.facts.killSwitch as true
	}
}
