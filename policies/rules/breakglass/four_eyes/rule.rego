# METADATA
# title: Four eyes on a review
# description: Nobody judges their own emergency.
package rules.breakglass.four_eyes

import data.lib.result

# METADATA
# title: Four eyes on a review
# description: The reviewer is not the one who declared it.
# custom:
#   id: breakglass.four_eyes
#   precedence: 300
#   remedy: ask another auditor or org-admin to review it
#   reference: SOC 2 CC5.1, separation of duties
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.review"
	not _other
}

default _other := false

_other if {
	is_string(input.facts.breakGlass.declaredBy)
	input.facts.breakGlass.declaredBy != input.actor.id
}

default _explanation := "who declared it is not known"

_explanation := $"`{input.actor.id}` declared it and cannot review it" if {
	is_string(input.actor.id)
	input.facts.breakGlass.declaredBy == input.actor.id
}
