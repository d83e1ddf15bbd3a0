package rules.core.resource_known_test

import data.lib.testing_test as testing
import data.rules.core.resource_known

_ids := testing.ids(resource_known.unmet)

test_an_unknown_resource_is_refused_by_name if {
	testing.explanations(resource_known.unmet) == {"there is no orchestration `orc_1`"} with input as testing.executing
		with input.resource.known as false
	_ids == {"core.resource_known"} with input as testing.executing with input.resource.known as false
}

test_only_true_is_known if {
	every value in array.concat(testing.garbage, ["true", 1]) {
		_ids == {"core.resource_known"} with input as testing.executing with input.resource.known as value
	}
}

test_a_call_without_resource_is_refused if {
	every path in ["resource", "resource/id", "resource/type"] {
		nameless := json.remove(testing.executing, [path, "resource/known"])
		testing.explanations(resource_known.unmet) == {"the call names no resource"} with input as nameless
	}
	_ids == {"core.resource_known"} with input as {}
}

test_a_known_resource_is_fine if _ids == set() with input as testing.executing
