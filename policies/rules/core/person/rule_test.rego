package rules.core.person_test

import data.lib.testing_test as testing
import data.rules.core.person

_why := testing.explanations(person.unmet)

_personal := [testing.declaring, testing.erasing, testing.publishing, testing.reviewing, testing.rolling_back]

test_machines_do_not_count_as_people if {
	every call in _personal {
		every kind in ["service", "system"] {
			why := $"`{call.action}` is done by people, and the caller is a {kind}"
			_why == {why} with input as call with input.actor.kind as kind
		}
	}
}

test_an_unknown_kind_is_no_person if {
	why := {"whether a person calls is not known"}
	every path in ["actor", "actor/kind"] {
		_why == why with input as json.remove(testing.publishing, [path])
	}
	every kind in [null, 1, true, ["human"], {}] {
		_why == why with input as testing.publishing with input.actor.kind as kind
	}
}

test_people_may if {
	every call in _personal {
		_why == set() with input as call
	}
}

test_machines_do_the_rest if {
	every call in [testing.executing, testing.flagging, testing.receiving] {
		_why == set() with input as call with input.actor.kind as "service"
	}
}
