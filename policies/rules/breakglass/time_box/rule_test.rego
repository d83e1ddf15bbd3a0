package rules.breakglass.time_box_test

import data.lib.testing_test as testing
import data.rules.breakglass.time_box

_ids := testing.ids(time_box.unmet)

_refused := {"breakglass.time_box"}

test_less_than_a_minute_more_than_60_and_parts_of_one_are_refused if {
	every minutes in [-1, 0, 0.5, 1.5, 59.9, 61, 100000] {
		_ids == _refused with input as testing.declaring with input.facts.request.minutes as minutes
	}
	why := {"a break-glass of 61 minutes was asked for, 1 to 60 are possible"}
	testing.explanations(time_box.unmet) == why with input as testing.declaring with input.facts.request.minutes as 61
}

test_an_unsaid_time_is_none if {
	why := {"for how many minutes is not said"}
	every path in ["facts", "facts/request", "facts/request/minutes"] {
		testing.explanations(time_box.unmet) == why with input as json.remove(testing.declaring, [path])
	}
	every value in [null, "", "30", [], [30], {}, true] {
		testing.explanations(time_box.unmet) == why with input as testing.declaring
			with input.facts.request.minutes as value
	}
}

test_1_to_60_minutes_are_possible if {
	every minutes in [1, 30, 60] {
		_ids == set() with input as testing.declaring with input.facts.request.minutes as minutes
	}
}

test_a_review_takes_its_time if _ids == set() with input as testing.reviewing
