package rules.evidence.justification_test

import data.lib.testing_test as testing
import data.rules.evidence.justification

_ids := testing.ids(justification.unmet)

_given(text) := object.union(testing.waiving, {"facts": {"request": {"justification": text}}})

test_a_reason_of_nine_characters_is_refused if {
	every text in ["", "too-short", "too short", "          ", " too short ", "\ttoo short\n", "a           b"] {
		_ids == {"evidence.justification"} with input as _given(text)
	}
}

test_a_missing_reason_is_refused if {
	every path in ["facts", "facts/request", "facts/request/justification"] {
		_ids == {"evidence.justification"} with input as json.remove(testing.waiving, [path])
	}
}

test_a_reason_that_is_no_text_is_refused if {
	every value in array.concat(testing.garbage, [12345678901, ["a long enough text"]]) {
		_ids == {"evidence.justification"} with input as _given(value)
	}
}

test_a_reason_of_ten_characters_is_fine if {
	every text in ["ten__chars", " ten  chars.. ", "zehn Ümläüß"] {
		_ids == set() with input as _given(text)
	}
}

test_other_actions_need_none if {
	every other in [testing.promoting, testing.publishing_evidence, testing.registering] {
		_ids == set() with input as other
	}
}

test_it_says_why if {
	why := {"the reason is missing or shorter than ten characters"}
	testing.explanations(justification.unmet) == why with input as _given("")
}
