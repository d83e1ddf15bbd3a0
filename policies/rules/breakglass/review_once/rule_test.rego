package rules.breakglass.review_once_test

import data.lib.testing_test as testing
import data.rules.breakglass.review_once

_ids := testing.ids(review_once.unmet)

_refused := {"breakglass.review_once"}

test_nobody_reviews_twice if {
	why := {"`user:ada` has reviewed it already"}
	every reviewers in [["user:ada"], ["user:olga", "user:ada"]] {
		testing.explanations(review_once.unmet) == why with input as testing.reviewing
			with input.facts.breakGlass.reviewers as reviewers
	}
}

test_unknown_reviewers_might_be_the_same if {
	why := {"who has reviewed it is not known"}
	every path in ["facts", "facts/breakGlass", "facts/breakGlass/reviewers", "actor/id"] {
		testing.explanations(review_once.unmet) == why with input as json.remove(testing.reviewing, [path])
	}
	every value in [null, 5, "user:olga", {}, true] {
		_ids == _refused with input as testing.reviewing with input.facts.breakGlass.reviewers as value
	}
}

test_who_has_no_name_is_nobody_new if {
	every value in [null, 5, {}] {
		_ids == _refused with input as testing.reviewing with input.actor.id as value
	}
}

test_the_first_and_the_second_review_are_of_two_people if {
	every reviewers in [[], ["user:olga"]] {
		_ids == set() with input as testing.reviewing with input.facts.breakGlass.reviewers as reviewers
	}
}

test_a_declaration_asks_for_no_reviewers if _ids == set() with input as testing.declaring
