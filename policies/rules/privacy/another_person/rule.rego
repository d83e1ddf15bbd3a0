# METADATA
# title: Another person's text
# description: Who must answer for what they wrote does not make it vanish; another org-admin looks at the request.
package rules.privacy.another_person

import data.lib.result

# METADATA
# title: Another person's text
# description: Nobody erases what they wrote themselves.
# custom:
#   id: privacy.another_person
#   precedence: 300
#   remedy: ask another org-admin to make the call
#   reference: SOC 2 CC5.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _another

default _another := false

_another if {
	is_string(input.resource.id)
	is_string(input.actor.id)
	input.resource.id != input.actor.id
}

default _explanation := "whose text would be erased is not known"

_explanation := $"`{input.actor.id}` cannot erase what they wrote themselves" if input.resource.id == input.actor.id
