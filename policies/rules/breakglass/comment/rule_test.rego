package rules.breakglass.comment_test

import data.lib.testing_test as testing
import data.rules.breakglass.comment

_ids := testing.ids(comment.unmet)

_refused := {"breakglass.comment"}

test_fewer_than_ten_characters_are_too_few if {
	every text in ["", "          ", "too-short", " too-short ", "a b c d e f"] {
		_ids == _refused with input as testing.reviewing with input.facts.request.comment as text
	}
	why := {"the comment has 9 characters that are not blanks, at least 10 are needed"}
	testing.explanations(comment.unmet) == why with input as testing.reviewing
		with input.facts.request.comment as "too-short"
}

test_none_is_said_to_be_missing if {
	every path in ["facts", "facts/request", "facts/request/comment"] {
		missing := json.remove(testing.reviewing, [path])
		testing.explanations(comment.unmet) == {"the comment is missing"} with input as missing
	}
	every value in [null, 5, [], ["ten characters"], {}, true] {
		_ids == _refused with input as testing.reviewing with input.facts.request.comment as value
	}
}

test_ten_are_enough if {
	_ids == set() with input as testing.reviewing with input.facts.request.comment as "ten-chars."
}

test_a_declaration_has_a_justification_instead if _ids == set() with input as testing.declaring
