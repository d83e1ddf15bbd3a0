package lib.purpose_test

import data.lib.purpose
import data.lib.testing_test as testing

test_an_unlisted_purpose_is_served_by_itself_alone if purpose.serving("incident-response") == {"incident-response"}

test_the_record_is_served_by_audit_incident_response_and_release if {
	purpose.serving("record") == {"audit", "incident-response", "record", "release"}
}

test_privacy_is_served_by_operations if purpose.serving("privacy") == {"operations", "privacy"}

test_release_is_served_by_audit_and_operations if {
	purpose.serving("release") == {"audit", "operations", "release"}
}

# `object.get` would read an array as a path, and ["record"] as "record".
test_what_is_no_string_is_served_by_itself_alone if {
	every value in array.concat(testing.garbage, [["record"]]) {
		purpose.serving(value) == {value}
	}
}
