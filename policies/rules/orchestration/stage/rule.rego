# METADATA
# title: Orchestration stage
# description: Suggest, dry run, approve, execute; in this order and each once.
package rules.orchestration.stage

import data.lib.result

# METADATA
# title: Orchestration stage
# description: The orchestration's status permits the action.
# custom:
#   id: orchestration.stage
#   precedence: 200
#   remedy: reload the orchestration and see its status; propose a new one when it has ended
#   reference: seed 000, four-stage workflow
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _possible

_explanation := $"the orchestration is {_status}, `{input.action}` is not possible in it"

default _status := "in an unknown state"

_status := input.facts.orchestration.status if is_string(input.facts.orchestration.status)

default _possible := false

# A new proposal starts at nothing; its incident must still be open.
_possible if {
	input.action == "orchestration.propose"
	input.facts.incident.status in {"ACKNOWLEDGED", "DETECTED", "INVESTIGATING"}
}

_possible if input.facts.orchestration.status in _from[input.action]

_from := {
	"orchestration.approve": {"DRY_RUN_PASSED"},
	"orchestration.dry_run": {"APPROVED", "DRY_RUN_FAILED", "DRY_RUN_PASSED", "PROPOSED"},
	"orchestration.execute": {"APPROVED"},
	"orchestration.record_dry_run": {"DRY_RUNNING"},
	"orchestration.record_outcome": {"EXECUTING"},
	"orchestration.reject": {"APPROVED", "DRY_RUN_FAILED", "DRY_RUN_PASSED", "PROPOSED"},
}
