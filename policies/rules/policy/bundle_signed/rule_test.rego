package rules.policy.bundle_signed_test

import data.lib.testing_test as testing
import data.rules.policy.bundle_signed

_why := testing.explanations(bundle_signed.unmet)

_signature(state) := object.union(testing.publishing, {"facts": {"bundle": {"signature": state}}})

test_an_unsigned_bundle_is_refused if {
	_why == {"the bundle carries no signature"} with input as _signature("missing")
}

test_a_bundle_of_a_stranger_is_refused if {
	why := {"the bundle's signature is not of a trusted signer over these bytes"}
	_why == why with input as _signature("untrusted")
}

test_an_unknown_signature_is_none if {
	why := {"whether the bundle is signed is not known"}
	every state in array.concat(testing.garbage, ["VALID", true, ["valid"]]) {
		_why == why with input as _signature(state)
	}
	every path in ["facts", "facts/bundle", "facts/bundle/signature"] {
		_why == why with input as json.remove(testing.publishing, [path])
	}
}

test_a_signed_bundle_is_fine if _why == set() with input as testing.publishing

test_what_one_goes_back_to_is_looked_at_as_well if {
	count(_why) == 1 with input as json.remove(testing.rolling_back, ["facts/bundle/signature"])
	_why == set() with input as testing.rolling_back
}
