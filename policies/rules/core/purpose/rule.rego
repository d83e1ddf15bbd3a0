# METADATA
# title: Purpose
# description: People act for a purpose that their token declares; the resource says which purpose it is kept for.
package rules.core.purpose

import data.lib.purpose
import data.lib.result

# METADATA
# title: Purpose
# description: One of the actor's purposes serves the resource's purpose.
# custom:
#   id: core.purpose
#   precedence: 40
#   remedy: sign in with the purpose that this resource is kept for
#   reference: seed 003 AL1; SOC 2 P4.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _served

default _served := false

_served if {
	is_string(input.resource.purpose)
	some declared in input.actor.purposes
	declared in purpose.serving(input.resource.purpose)
}

# Our own jobs carry on what a person's decision began; they declare none.
_served if "service" in input.actor.roles

default _explanation := "the resource's purpose is not among the actor's"

_explanation := $"purpose `{input.resource.purpose}` is not among those of `{input.actor.id}`" if {
	is_string(input.resource.purpose)
	is_string(input.actor.id)
}
