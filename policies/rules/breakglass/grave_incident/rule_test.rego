package rules.breakglass.grave_incident_test

import data.lib.testing_test as testing
import data.rules.breakglass.grave_incident

_ids := testing.ids(grave_incident.unmet)

_refused := {"breakglass.grave_incident"}

test_what_is_not_grave_does_not_qualify if {
	every severity in array.concat(testing.garbage, ["P2", "P3", "P4", "p0", ["P0"]]) {
		_ids == _refused with input as testing.declaring with input.resource.severity as severity
	}
	why := {"the incident is a P2 and INVESTIGATING, only an open P0 or P1 qualifies"}
	testing.explanations(grave_incident.unmet) == why with input as testing.declaring with input.resource.severity as "P2"
}

test_what_is_over_does_not_qualify if {
	every status in array.concat(testing.garbage, ["RESOLVED", "CLOSED", "open"]) {
		_ids == _refused with input as testing.declaring with input.facts.incident.status as status
	}
	why := {"the incident is a P1 and RESOLVED, only an open P0 or P1 qualifies"}
	testing.explanations(grave_incident.unmet) == why with input as testing.declaring
		with input.facts.incident.status as "RESOLVED"
}

test_what_is_not_known_does_not_qualify if {
	why := {"whether the incident is grave and still open is not known"}
	every path in ["facts", "facts/incident", "facts/incident/status", "resource", "resource/severity"] {
		testing.explanations(grave_incident.unmet) == why with input as json.remove(testing.declaring, [path])
	}
}

test_an_open_p0_or_p1_qualifies if {
	every severity in ["P0", "P1"] {
		every status in ["ACKNOWLEDGED", "DETECTED", "INVESTIGATING"] {
			_ids == set() with input as testing.declaring
				with input.resource.severity as severity
				with input.facts.incident.status as status
		}
	}
}

test_a_review_is_of_any_incident if {
	_ids == set() with input as json.remove(testing.reviewing, ["facts/incident", "resource/severity"])
}
