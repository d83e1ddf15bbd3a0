# METADATA
# title: Not active already
# description: One emergency, one time box; it is not stretched while it runs.
package rules.breakglass.not_active

import data.lib.result

# METADATA
# title: Not active already
# description: The actor has no active break-glass for this incident.
# custom:
#   id: breakglass.not_active
#   precedence: 310
#   remedy: use the one that is active, or declare again when it has ended
#   reference: SOC 2 CC6.2
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.declare"
	not _free
}

default _free := false

_free if input.facts.breakGlass.active == false

default _explanation := "whether one is active already is not known"

_explanation := $"one is active already, for another {input.facts.breakGlass.secondsLeft} s" if {
	input.facts.breakGlass.active == true
	is_number(input.facts.breakGlass.secondsLeft)
}
