package rules.orchestration.stage_test

import data.lib.testing_test as testing
import data.rules.orchestration.stage

_possible := {
	"orchestration.approve": {"DRY_RUN_PASSED"},
	"orchestration.dry_run": {"APPROVED", "DRY_RUN_FAILED", "DRY_RUN_PASSED", "PROPOSED"},
	"orchestration.execute": {"APPROVED"},
	"orchestration.record_dry_run": {"DRY_RUNNING"},
	"orchestration.record_outcome": {"EXECUTING"},
	"orchestration.reject": {"APPROVED", "DRY_RUN_FAILED", "DRY_RUN_PASSED", "PROPOSED"},
}

_statuses := {
	"APPROVED",
	"DRY_RUNNING",
	"DRY_RUN_FAILED",
	"DRY_RUN_PASSED",
	"EXECUTED",
	"EXECUTING",
	"EXECUTION_FAILED",
	"PROPOSED",
	"REJECTED",
}

_ids := testing.ids(stage.unmet)

test_no_other_status_permits_the_action if {
	every action, statuses in _possible {
		every status in _statuses - statuses {
			_ids == {"orchestration.stage"} with input as testing.executing
				with input.action as action
				with input.facts.orchestration.status as status
		}
	}
}

test_an_unknown_status_permits_nothing_and_is_said_to_be_unknown if {
	why := {"the orchestration is in an unknown state, `orchestration.execute` is not possible in it"}
	every path in ["facts", "facts/orchestration", "facts/orchestration/status"] {
		testing.explanations(stage.unmet) == why with input as json.remove(testing.executing, [path])
	}
}

test_an_unheard_of_status_permits_nothing if {
	every status in array.concat(testing.garbage, ["approved", "DONE", ["APPROVED"]]) {
		_ids == {"orchestration.stage"} with input as testing.executing with input.facts.orchestration.status as status
	}
}

test_a_closed_incident_permits_no_proposal if {
	every status in array.concat(testing.garbage, ["CLOSED", "RESOLVED", "detected"]) {
		_ids == {"orchestration.stage"} with input as testing.proposing with input.facts.incident.status as status
	}
	_ids == {"orchestration.stage"} with input as json.remove(testing.proposing, ["facts/incident"])
}

test_an_open_incident_permits_only_the_proposal if {
	every action, _ in _possible {
		_ids == {"orchestration.stage"} with input as testing.proposing with input.action as action
	}
}

test_an_unheard_of_action_is_never_possible if {
	every action in ["orchestration.undo", "orchestration.", "orchestration"] {
		_ids == {"orchestration.stage"} with input as testing.executing with input.action as action
	}
}

test_each_listed_status_permits_the_action if {
	every action, statuses in _possible {
		every status in statuses {
			_ids == set() with input as testing.executing
				with input.action as action
				with input.facts.orchestration.status as status
		}
	}
}

test_an_open_incident_permits_a_proposal if {
	every status in ["ACKNOWLEDGED", "DETECTED", "INVESTIGATING"] {
		_ids == set() with input as testing.proposing with input.facts.incident.status as status
	}
}

test_it_names_the_status if {
	why := {"the orchestration is REJECTED, `orchestration.execute` is not possible in it"}
	testing.explanations(stage.unmet) == why with input as testing.executing
		with input.facts.orchestration.status as "REJECTED"
}
