package rules.breakglass.four_eyes_test

import data.lib.testing_test as testing
import data.rules.breakglass.four_eyes

_ids := testing.ids(four_eyes.unmet)

_refused := {"breakglass.four_eyes"}

test_the_declarer_does_not_review if {
	why := {"`user:rita` declared it and cannot review it"}
	testing.explanations(four_eyes.unmet) == why with input as testing.reviewing with input.actor.id as "user:rita"
}

test_an_unknown_declarer_might_be_the_reviewer if {
	every path in ["facts", "facts/breakGlass", "facts/breakGlass/declaredBy"] {
		unsaid := json.remove(testing.reviewing, [path])
		testing.explanations(four_eyes.unmet) == {"who declared it is not known"} with input as unsaid
	}
	every value in [null, 5, true, ["user:rita"], {}] {
		_ids == _refused with input as testing.reviewing with input.facts.breakGlass.declaredBy as value
	}
	_ids == _refused with input as json.remove(testing.reviewing, ["actor/id"])
}

test_what_is_no_name_is_nobody if {
	every value in [null, 5, {}] {
		testing.explanations(four_eyes.unmet) == {"who declared it is not known"} with input as testing.reviewing
			with input.facts.breakGlass.declaredBy as value
			with input.actor.id as value
	}
}

test_somebody_else_reviews if _ids == set() with input as testing.reviewing

test_a_declaration_is_ones_own if {
	_ids == set() with input as testing.declaring with input.facts.breakGlass.declaredBy as "user:rita"
}
