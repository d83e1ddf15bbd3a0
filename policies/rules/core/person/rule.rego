# METADATA
# title: A person
# description: Where two people are asked for, a machine is not one of them.
package rules.core.person

import data.lib.result
import data.lib.sensitivity

# METADATA
# title: A person
# description: >-
#   The policy is changed, the glass broken and reviewed, evidence waived, and what somebody wrote erased, by people.
# custom:
#   id: core.person
#   precedence: 50
#   remedy: let a person make the call, with a token of their own
#   reference: SOC 2 CC6.3
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in sensitivity.personal
	not _person
}

default _person := false

_person if input.actor.kind == "human"

default _explanation := "whether a person calls is not known"

_explanation := $"`{input.action}` is done by people, and the caller is a {input.actor.kind}" if {
	is_string(input.actor.kind)
}
