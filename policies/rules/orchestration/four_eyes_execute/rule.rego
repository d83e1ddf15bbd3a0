# METADATA
# title: Four eyes on execution
# description: Somebody other than the proposer and the executor has approved exactly this plan.
package rules.orchestration.four_eyes_execute

import data.lib.break_glass
import data.lib.result

# METADATA
# title: Four eyes on execution
# description: >-
#   An approval of the current plan hash by someone who neither proposed it nor executes it, unless under break-glass.
# custom:
#   id: orchestration.four_eyes_execute
#   precedence: 310
#   remedy: ask an sre or org-admin who did not propose this plan to approve it, or let another responder execute it
#   reference: SOC 2 CC5.1, separation of duties
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "orchestration.execute"
	not _approved
	not break_glass.in_force
}

default _approved := false

_approved if {
	is_string(input.facts.orchestration.planHash)
	some approval in input.facts.approvals
	is_string(approval.actor)
	approval.planHash == input.facts.orchestration.planHash
	approval.actor != input.facts.orchestration.proposedBy
	approval.actor != input.actor.id
}

_explanation := "nobody but the proposer and the executor has approved the current plan"
