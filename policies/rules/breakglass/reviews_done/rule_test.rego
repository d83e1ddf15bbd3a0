package rules.breakglass.reviews_done_test

import data.lib.testing_test as testing
import data.rules.breakglass.reviews_done

_ids := testing.ids(reviews_done.unmet)

_refused := {"breakglass.reviews_done"}

test_who_owes_reviews_does_not_declare_again if {
	every overdue in [1, 2, 100] {
		_ids == _refused with input as testing.declaring with input.facts.breakGlass.overdue as overdue
	}
	why := {"2 earlier break-glass ended more than 72 h ago with fewer than two reviews"}
	testing.explanations(reviews_done.unmet) == why with input as testing.declaring
		with input.facts.breakGlass.overdue as 2
}

test_an_unknown_number_is_not_none if {
	why := {"whether reviews of earlier break-glass are overdue is not known"}
	every path in ["facts", "facts/breakGlass", "facts/breakGlass/overdue"] {
		testing.explanations(reviews_done.unmet) == why with input as json.remove(testing.declaring, [path])
	}
	every value in [null, -1, -0.5, "", "0", [], {}, false] {
		testing.explanations(reviews_done.unmet) == why with input as testing.declaring
			with input.facts.breakGlass.overdue as value
	}
}

test_who_owes_none_declares if _ids == set() with input as testing.declaring

test_who_owes_some_reviews_others if {
	_ids == set() with input as testing.reviewing with input.facts.breakGlass.overdue as 1
}
