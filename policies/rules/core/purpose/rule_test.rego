package rules.core.purpose_test

import data.lib.testing_test as testing
import data.rules.core.purpose

_ids := testing.ids(purpose.unmet)

test_another_purpose_is_refused if {
	why := {"purpose `incident-response` is not among those of `user:rita`"}
	testing.explanations(purpose.unmet) == why with input as testing.executing
		with input.actor.purposes as ["audit", "training"]
	_ids == {"core.purpose"} with input as testing.executing with input.actor.purposes as ["audit", "training"]
}

test_no_purpose_is_refused if {
	_ids == {"core.purpose"} with input as testing.executing with input.actor.purposes as []
}

test_the_record_may_be_read_for_the_purposes_it_serves if {
	every declared in ["audit", "incident-response", "record", "release"] {
		_ids == set() with input as testing.reading with input.actor.purposes as [declared]
	}
	_ids == {"core.purpose"} with input as testing.reading with input.actor.purposes as ["training"]
}

test_purposes_of_the_record_do_not_serve_each_other if {
	_ids == {"core.purpose"} with input as testing.executing with input.actor.purposes as ["record"]
	_ids == {"core.purpose"} with input as testing.executing with input.actor.purposes as ["audit"]
}

test_a_missing_purpose_is_refused_and_said_to_be_unknown if {
	every path in ["actor", "actor/id", "resource", "resource/purpose"] {
		unsaid := json.remove(testing.executing, [path, "actor/purposes"])
		testing.explanations(purpose.unmet) == {"the resource's purpose is not among the actor's"} with input as unsaid
	}
	_ids == {"core.purpose"} with input as json.remove(testing.executing, ["actor/purposes"])
	_ids == {"core.purpose"} with input as {}
}

test_equal_values_that_are_no_strings_serve_nothing if {
	every value in [null, 5, true, ["record"], {"a": "b"}] {
		_ids == {"core.purpose"} with input as testing.executing
			with input.resource.purpose as value
			with input.actor.purposes as [value, "audit"]
	}
}

test_purposes_in_another_form_serve_nothing if {
	every value in array.concat(testing.garbage, ["incident-response", [["incident-response"]]]) {
		_ids == {"core.purpose"} with input as testing.executing with input.actor.purposes as value
	}
}

test_a_declared_purpose_among_others_is_enough if {
	_ids == set() with input as testing.executing with input.actor.purposes as ["training", "incident-response"]
}

test_services_declare_none if _ids == set() with input as testing.receiving

test_to_be_called_a_service_is_not_the_role if {
	every roles in ["service", ["services"], ["Service"], []] {
		_ids == {"core.purpose"} with input as testing.receiving with input.actor.roles as roles
	}
}
