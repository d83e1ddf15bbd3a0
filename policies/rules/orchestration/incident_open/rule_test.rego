package rules.orchestration.incident_open_test

import data.lib.testing_test as testing
import data.rules.orchestration.incident_open

_ids := testing.ids(incident_open.unmet)

test_a_resolved_incident_stops_execution if {
	expected := {{
		"ruleId": "orchestration.incident_open",
		"precedence": 190,
		"effect": "DENY",
		"explanation": "the incident is RESOLVED",
		"remedy": "reload the incident; when it comes back, propose a remedy for the new one",
	}}
	incident_open.unmet == expected with input as testing.executing with input.facts.incident.status as "RESOLVED"
}

test_a_closed_one_stops_each_step if {
	trying := object.union(testing.executing, {"action": "orchestration.dry_run"})
	every step in [testing.approving, testing.executing, trying] {
		_ids == {"orchestration.incident_open"} with input as step with input.facts.incident.status as "CLOSED"
	}
}

test_an_unknown_state_stops_it_and_is_said_to_be_unknown if {
	why := {"whether the incident is still open is not known"}
	every path in ["facts", "facts/incident", "facts/incident/status"] {
		testing.explanations(incident_open.unmet) == why with input as json.remove(testing.executing, [path])
	}
}

test_each_open_state_will_do if {
	every status in ["ACKNOWLEDGED", "DETECTED", "INVESTIGATING"] {
		_ids == set() with input as testing.executing with input.facts.incident.status as status
	}
}

test_rejecting_and_recording_go_on_for_a_resolved_one if {
	every action in ["orchestration.record_dry_run", "orchestration.record_outcome", "orchestration.reject"] {
		_ids == set() with input as object.union(testing.executing, {"action": action})
			with input.facts.incident.status as "RESOLVED"
	}
}
