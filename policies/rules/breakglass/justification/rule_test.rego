package rules.breakglass.justification_test

import data.lib.testing_test as testing
import data.rules.breakglass.justification

_ids := testing.ids(justification.unmet)

_refused := {"breakglass.justification"}

test_fewer_than_20_characters_are_too_few if {
	every text in ["", "                    ", "nineteen-characters", " nineteen-characters ", "a b c d e f g h i j k"] {
		_ids == _refused with input as testing.declaring with input.facts.request.justification as text
	}
	why := {"the justification has 19 characters that are not blanks, at least 20 are needed"}
	testing.explanations(justification.unmet) == why with input as testing.declaring
		with input.facts.request.justification as "nineteen-characters"
}

test_none_is_said_to_be_missing if {
	every path in ["facts", "facts/request", "facts/request/justification"] {
		missing := json.remove(testing.declaring, [path])
		testing.explanations(justification.unmet) == {"the justification is missing"} with input as missing
	}
	every value in [null, 5, [], ["twenty characters long"], {}, true] {
		_ids == _refused with input as testing.declaring with input.facts.request.justification as value
	}
}

test_20_are_enough if {
	_ids == set() with input as testing.declaring with input.facts.request.justification as "twenty-characters-ok"
}

test_a_review_has_a_comment_instead if _ids == set() with input as testing.reviewing
