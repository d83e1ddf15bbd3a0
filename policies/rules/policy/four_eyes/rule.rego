# METADATA
# title: Four eyes on the policy
# description: The first call proposes a change, a second person's call of the same makes it.
package rules.policy.four_eyes

import data.lib.result

# METADATA
# title: Four eyes on the policy
# description: Who proposed a change of the policy does not confirm it.
# custom:
#   id: policy.four_eyes
#   precedence: 300
#   remedy: ask another person with the right to it to make the same call within a day
#   reference: seed 003 AL; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _other

default _other := false

_other if is_null(input.facts.policyChange.proposedBy)

_other if {
	is_string(input.facts.policyChange.proposedBy)
	is_string(input.actor.id)
	input.facts.policyChange.proposedBy != input.actor.id
}

default _explanation := "who proposed this change is not known"

_explanation := $"`{input.actor.id}` proposed this change and cannot confirm it" if {
	input.facts.policyChange.proposedBy == input.actor.id
}
