package rules.evidence.unused_test

import data.lib.testing_test as testing
import data.rules.evidence.unused

_why := testing.explanations(unused.unmet)

_refused := {"the file is in use, or came less than seven days ago"}

test_what_is_published_stays if {
	every value in array.concat(testing.garbage, [true, 0, "false"]) {
		_why == _refused with input as testing.expiring with input.facts.evidence.published as value
	}
}

test_what_came_this_week_stays if {
	every value in [-1, 0, 6, null, "7", [7], {}] {
		_why == _refused with input as testing.expiring with input.facts.evidence.ageDays as value
	}
}

test_of_what_nothing_is_known_stays if {
	every path in ["facts", "facts/evidence", "facts/evidence/published", "facts/evidence/ageDays"] {
		_why == _refused with input as json.remove(testing.expiring, [path])
	}
}

test_what_nobody_published_for_a_week_goes if {
	every days in [7, 8, 400] {
		_why == set() with input as testing.expiring with input.facts.evidence.ageDays as days
	}
}

test_other_actions_go_on if {
	every other in [testing.promoting, testing.publishing_evidence, testing.waiving] {
		_why == set() with input as other
	}
}
