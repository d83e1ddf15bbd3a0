package rules.policy.bundle_newer_test

import data.lib.testing_test as testing
import data.rules.policy.bundle_newer

_why := testing.explanations(bundle_newer.unmet)

_serials(serial, active) := object.union(testing.publishing, {"facts": {"bundle": {
	"serial": serial,
	"activeSerial": active,
}}})

test_an_older_or_the_same_serial_is_refused if {
	every serial in [-1, 0, 6, 7] {
		_why == {$"the bundle has serial {serial}, one that was active has 7"} with input as _serials(serial, 7)
	}
}

test_an_unknown_serial_is_refused if {
	why := {"the serial number of the bundle or the highest so far is not known"}
	every value in [null, true, "8", [8], {}] {
		_why == why with input as _serials(value, 7)
		_why == why with input as _serials(8, value)
	}
	every path in ["facts", "facts/bundle", "facts/bundle/serial", "facts/bundle/activeSerial"] {
		_why == why with input as json.remove(testing.publishing, [path])
	}
}

test_any_higher_serial_is_fine if {
	every serial in [8, 9, 1000] {
		_why == set() with input as _serials(serial, 7)
	}
}

test_going_back_may_go_lower if _why == set() with input as testing.rolling_back
