package rules.policy.bundle_sound_test

import data.lib.testing_test as testing
import data.rules.policy.bundle_sound

_why := testing.explanations(bundle_sound.unmet)

_fault(text) := object.union(testing.publishing, {"facts": {"bundle": {"fault": text}}})

test_a_fault_is_told if {
	every fault in ["", "`data.json` is not the file of the manifest"] {
		_why == {fault} with input as _fault(fault)
	}
}

test_an_unknown_state_is_a_fault if {
	why := {"whether the bundle is sound is not known"}
	every value in [false, 0, [], {}] {
		_why == why with input as _fault(value)
	}
	every path in ["facts", "facts/bundle", "facts/bundle/fault"] {
		_why == why with input as json.remove(testing.publishing, [path])
	}
}

test_a_bundle_without_fault_is_fine if _why == set() with input as testing.publishing

test_what_one_goes_back_to_is_looked_at_as_well if {
	count(_why) == 1 with input as json.remove(testing.rolling_back, ["facts/bundle/fault"])
	_why == set() with input as testing.rolling_back
}
