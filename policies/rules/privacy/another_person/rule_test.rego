package rules.privacy.another_person_test

import data.lib.testing_test as testing
import data.rules.privacy.another_person

_why := testing.explanations(another_person.unmet)

test_nobody_erases_their_own if {
	why := {"`user:olga` cannot erase what they wrote themselves"}
	_why == why with input as testing.erasing with input.resource.id as "user:olga"
}

test_an_unknown_subject_or_caller_might_be_the_same if {
	why := {"whose text would be erased is not known"}
	every path in ["actor", "actor/id", "resource", "resource/id"] {
		_why == why with input as json.remove(testing.erasing, [path])
	}
	every value in [null, 5, true, ["user:pat"], {}] {
		_why == why with input as testing.erasing with input.resource.id as value
		_why == why with input as testing.erasing with input.actor.id as value
	}
}

test_another_persons_may_be_erased if _why == set() with input as testing.erasing
