package rules.core.device_trust_test

import data.lib.testing_test as testing
import data.rules.core.device_trust

_ids := testing.ids(device_trust.unmet)

_sensitive := [
	testing.approving,
	testing.archiving,
	testing.declaring,
	testing.erasing,
	testing.executing,
	testing.flagging,
	testing.reviewing,
]

test_sensitive_actions_are_refused_from_a_device_of_low_trust if {
	every sensitive in _sensitive {
		_ids == {"core.device_trust"} with input as sensitive with input.context.deviceTrust as "low"
	}
	why := {"device trust is `low`, `orchestration.execute` needs `medium`"}
	testing.explanations(device_trust.unmet) == why with input as testing.executing
		with input.context.deviceTrust as "low"
}

test_an_unheard_of_trust_is_no_trust if {
	every trust in array.concat(testing.garbage, ["HIGH", "High", "medium ", "highest", ["high"], true]) {
		_ids == {"core.device_trust"} with input as testing.executing with input.context.deviceTrust as trust
	}
}

test_unknown_trust_is_no_trust_and_said_to_be_unknown if {
	every path in ["context", "context/deviceTrust"] {
		unsaid := json.remove(testing.executing, [path])
		testing.explanations(device_trust.unmet) == {"the device's trust is not known"} with input as unsaid
	}
}

test_medium_and_high_trust_are_enough if {
	every sensitive in _sensitive {
		_ids == set() with input as sensitive with input.context.deviceTrust as "medium"
		_ids == set() with input as sensitive with input.context.deviceTrust as "high"
	}
}

test_other_actions_ask_for_no_trust if {
	every other in [testing.proposing, testing.resolving, testing.reading, testing.receiving] {
		_ids == set() with input as other with input.context.deviceTrust as "low"
	}
}
