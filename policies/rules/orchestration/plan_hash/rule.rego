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

_current if input.facts.request.planHash == input.facts.orchestration.planHash

default _explanation := "the plan has no hash yet"

_explanation := $"the call names plan `{input.facts.request.planHash}`, the current plan is `{input.facts.orchestration.planHash}`"
