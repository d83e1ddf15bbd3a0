package rules.incident.transition_test

import data.lib.testing_test as testing
import data.rules.incident.transition

_possible := {
	"incident.acknowledge": {"DETECTED"},
	"incident.resolve": {"ACKNOWLEDGED", "DETECTED", "INVESTIGATING"},
}

_statuses := {"ACKNOWLEDGED", "CLOSED", "DETECTED", "INVESTIGATING", "RESOLVED"}

_ids := testing.ids(transition.unmet)

test_no_other_status_permits_the_action if {
	every action, statuses in _possible {
		every status in _statuses - statuses {
			_ids == {"incident.transition"} with input as testing.resolving
				with input.action as action
				with input.facts.incident.status as status
		}
	}
}

test_an_unknown_status_permits_nothing_and_is_said_to_be_unknown if {
	why := {"the incident is in an unknown state, `incident.resolve` is no longer possible"}
	every path in ["facts", "facts/incident", "facts/incident/status"] {
		testing.explanations(transition.unmet) == why with input as json.remove(testing.resolving, [path])
	}
}

test_an_unheard_of_status_permits_nothing if {
	every status in array.concat(testing.garbage, ["detected", "OPEN", ["DETECTED"]]) {
		_ids == {"incident.transition"} with input as testing.resolving with input.facts.incident.status as status
	}
}

test_an_unheard_of_action_is_never_possible if {
	every action in ["incident.reopen", "incident.", "incident"] {
		_ids == {"incident.transition"} with input as testing.resolving with input.action as action
	}
}

test_each_listed_status_permits_the_action if {
	every action, statuses in _possible {
		every status in statuses {
			_ids == set() with input as testing.resolving
				with input.action as action
				with input.facts.incident.status as status
		}
	}
}

test_it_names_the_status if {
	why := {"the incident is CLOSED, `incident.resolve` is no longer possible"}
	testing.explanations(transition.unmet) == why with input as testing.resolving
		with input.facts.incident.status as "CLOSED"
}
