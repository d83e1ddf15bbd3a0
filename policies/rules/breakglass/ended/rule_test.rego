package rules.breakglass.ended_test

import data.lib.testing_test as testing
import data.rules.breakglass.ended

_ids := testing.ids(ended.unmet)

_refused := {"breakglass.ended"}

test_an_active_one_is_not_reviewed if {
	why := {"it is active for another 90 s"}
	testing.explanations(ended.unmet) == why with input as testing.reviewing
		with input.facts.breakGlass.active as true
		with input.facts.breakGlass.secondsLeft as 90
}

test_an_unknown_state_is_no_end if {
	every path in ["facts", "facts/breakGlass", "facts/breakGlass/active"] {
		unsaid := json.remove(testing.reviewing, [path])
		testing.explanations(ended.unmet) == {"whether it has ended is not known"} with input as unsaid
	}
	every value in array.concat(testing.garbage, [0, "false"]) {
		_ids == _refused with input as testing.reviewing with input.facts.breakGlass.active as value
	}
}

test_an_unknown_rest_is_not_told if {
	every value in [null, "90", [], {}, true] {
		testing.explanations(ended.unmet) == {"whether it has ended is not known"} with input as testing.reviewing
			with input.facts.breakGlass.active as true
			with input.facts.breakGlass.secondsLeft as value
	}
}

test_an_ended_one_is_reviewed if _ids == set() with input as testing.reviewing

test_a_declaration_is_judged_by_its_own_rule if {
	_ids == set() with input as testing.declaring with input.facts.breakGlass.active as true
}
