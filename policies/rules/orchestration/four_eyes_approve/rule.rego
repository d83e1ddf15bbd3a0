# METADATA
# title: Four eyes on approval
# description: Nobody approves their own proposal.
package rules.orchestration.four_eyes_approve

import data.lib.break_glass
import data.lib.result

# METADATA
# title: Four eyes on approval
# description: The approver is not the proposer, unless under break-glass.
# custom:
#   id: orchestration.four_eyes_approve
#   precedence: 300
#   remedy: ask another sre or org-admin to approve
#   reference: SOC 2 CC5.1, separation of duties
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "orchestration.approve"
	not _other
	not break_glass.in_force
}

default _other := false

_other if {
	is_string(input.facts.orchestration.proposedBy)
	input.facts.orchestration.proposedBy != input.actor.id
}

default _explanation := "who proposed this remedy is not known"

_explanation := $"`{input.actor.id}` proposed this remedy and cannot approve it" if {
	input.facts.orchestration.proposedBy == input.actor.id
}
