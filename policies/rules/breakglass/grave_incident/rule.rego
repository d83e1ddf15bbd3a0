# METADATA
# title: Grave incident
# description: The glass is broken for what is grave and still burns.
package rules.breakglass.grave_incident

import data.lib.result

# METADATA
# title: Grave incident
# description: A break-glass is declared for an open incident of severity P0 or P1.
# custom:
#   id: breakglass.grave_incident
#   precedence: 190
#   remedy: handle this incident the ordinary way; if it is graver than graded, let an alert raise its severity
#   reference: seed 003 AL1; SOC 2 CC7.4
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.declare"
	not _grave
}

default _grave := false

_grave if {
	_severity in {"P0", "P1"}
	_status in {"ACKNOWLEDGED", "DETECTED", "INVESTIGATING"}
}

default _explanation := "whether the incident is grave and still open is not known"

_explanation := $"the incident is a {_severity} and {_status}, only an open P0 or P1 qualifies" if {
	is_string(_severity)
	is_string(_status)
}

_severity := input.resource.severity

_status := input.facts.incident.status
