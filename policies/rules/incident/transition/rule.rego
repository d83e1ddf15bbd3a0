# METADATA
# title: Incident lifecycle
# description: An incident moves forward only.
package rules.incident.transition

import data.lib.result

# METADATA
# title: Incident lifecycle
# description: Acknowledge what is detected, resolve what is open.
# custom:
#   id: incident.transition
#   precedence: 200
#   remedy: reload the incident and see its status; a closed one is not reopened, a new one is
#   reference: seed 004 §8
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _possible

_explanation := $"the incident is {_status}, `{input.action}` is no longer possible"

default _status := "in an unknown state"

_status := input.facts.incident.status if is_string(input.facts.incident.status)

default _possible := false

_possible if input.facts.incident.status in _from[input.action]

_from := {
	"incident.acknowledge": {"DETECTED"},
	"incident.resolve": {"ACKNOWLEDGED", "DETECTED", "INVESTIGATING"},
}
