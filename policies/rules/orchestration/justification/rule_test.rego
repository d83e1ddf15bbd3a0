package rules.orchestration.justification_test

import data.lib.testing_test as testing
import data.rules.orchestration.justification

_ids := testing.ids(justification.unmet)

_given(text) := object.union(testing.proposing, {"facts": {"request": {"justification": text}}})

test_a_justification_of_nine_characters_is_refused if {
	every text in ["", "too short", "         ", "          ", " too short ", "\ttoo short\n"] {
		_ids == {"orchestration.justification"} with input as _given(text)
	}
}

test_a_missing_justification_is_refused if {
	every path in ["facts", "facts/request", "facts/request/justification"] {
		_ids == {"orchestration.justification"} with input as json.remove(testing.proposing, [path])
	}
}

test_a_justification_that_is_no_text_is_refused if {
	every value in array.concat(testing.garbage, [12345678901, ["a long enough text"]]) {
		_ids == {"orchestration.justification"} with input as _given(value)
	}
}

test_a_justification_of_ten_characters_is_fine if {
	every text in ["ten chars.", " ten chars. ", "zehn Ümläü"] {
		_ids == set() with input as _given(text)
	}
}

test_it_says_why if {
	why := {"the justification is missing or shorter than ten characters"}
	testing.explanations(justification.unmet) == why with input as _given("")
}

test_proposing_approving_and_rejecting_need_one if {
	every action in ["approve", "propose", "reject"] {
		_ids == {"orchestration.justification"} with input as _given("") with input.action as $"orchestration.{action}"
	}
}

test_other_actions_need_none if {
	every action in ["dry_run", "execute", "record_dry_run", "record_outcome"] {
		_ids == set() with input as _given("") with input.action as $"orchestration.{action}"
	}
}
