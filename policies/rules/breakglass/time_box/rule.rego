# METADATA
# title: Time box
# description: An emergency that does not end by itself becomes the ordinary way.
package rules.breakglass.time_box

import data.lib.result

# METADATA
# title: Time box
# description: A break-glass is declared for 1 to 60 whole minutes.
# custom:
#   id: breakglass.time_box
#   precedence: 410
#   remedy: ask for 1 to 60 minutes; when they do not suffice, declare again
#   reference: seed 003 AL1; SOC 2 CC6.2
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.declare"
	not _bounded
}

_most := 60

default _bounded := false

_bounded if {
	_minutes >= 1
	_minutes <= _most
	_minutes == floor(_minutes)
}

default _explanation := "for how many minutes is not said"

_explanation := $"a break-glass of {_minutes} minutes was asked for, 1 to {_most} are possible" if {
	is_number(_minutes)
}

_minutes := input.facts.request.minutes if is_number(input.facts.request.minutes)
