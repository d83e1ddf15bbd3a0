package rules.breakglass.not_active_test

import data.lib.testing_test as testing
import data.rules.breakglass.not_active

_ids := testing.ids(not_active.unmet)

_refused := {"breakglass.not_active"}

test_an_active_one_is_not_declared_again if {
	why := {"one is active already, for another 90 s"}
	testing.explanations(not_active.unmet) == why with input as testing.declaring
		with input.facts.breakGlass.active as true
		with input.facts.breakGlass.secondsLeft as 90
}

test_an_unknown_state_is_not_free if {
	why := {"whether one is active already is not known"}
	every path in ["facts", "facts/breakGlass", "facts/breakGlass/active"] {
		testing.explanations(not_active.unmet) == why with input as json.remove(testing.declaring, [path])
	}
	every value in array.concat(testing.garbage, [0, "false"]) {
		_ids == _refused with input as testing.declaring with input.facts.breakGlass.active as value
	}
}

test_an_unknown_rest_is_not_told if {
	why := {"whether one is active already is not known"}
	every value in [null, "90", [], {}, true] {
		testing.explanations(not_active.unmet) == why with input as testing.declaring
			with input.facts.breakGlass.active as true
			with input.facts.breakGlass.secondsLeft as value
	}
}

test_with_none_active_one_is_declared if _ids == set() with input as testing.declaring

test_a_review_is_judged_by_its_own_rule if {
	_ids == set() with input as testing.reviewing with input.facts.breakGlass.active as true
}
