# METADATA
# title: Plan hash
# description: What is approved and executed is exactly the plan that was looked at.
package rules.orchestration.plan_hash

import data.lib.result

# METADATA
# title: Plan hash
# description: The caller names the hash of the plan as it stands now.
# custom:
#   id: orchestration.plan_hash
#   precedence: 230
#   remedy: reload the orchestration, look at the plan again and send its current planHash
#   reference: reference/incidents, approval binds to a plan hash
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in {"orchestration.approve", "orchestration.execute"}
	not _current
}

default _current := false

_current if {
	is_string(_named)
	_named == _planned
}

default _explanation := "the call names no plan hash, or the plan has none yet"

_explanation := $"the call names plan `{_named}`, the current plan is `{_planned}`" if {
	is_string(_named)
	is_string(_planned)
}

_named := input.facts.request.planHash

_planned := input.facts.orchestration.planHash
