# METADATA
# title: Justification of a break-glass
# description: Who breaks the glass says why, at some length.
package rules.breakglass.justification

import data.lib.result
import data.lib.text

# METADATA
# title: Justification of a break-glass
# description: The justification has at least 20 characters that are not blanks.
# custom:
#   id: breakglass.justification
#   precedence: 400
#   remedy: say in at least 20 characters what forces you to go around the ordinary way
#   reference: SOC 2 CC5.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.declare"
	not _justified
}

_least := 20

default _justified := false

_justified if _length >= _least

default _explanation := "the justification is missing"

_explanation := $"the justification has {_length} characters that are not blanks, at least {_least} are needed" if {
	is_number(_length)
}

_length := text.characters(input.facts.request.justification)
