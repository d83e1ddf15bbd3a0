# METADATA
# title: Incident open
# description: A remedy is for an incident that still needs one.
package rules.orchestration.incident_open

import data.lib.result

# METADATA
# title: Incident open
# description: Nothing is tried, approved or executed for an incident that is resolved or closed.
# custom:
#   id: orchestration.incident_open
#   precedence: 190
#   remedy: reload the incident; when it comes back, propose a remedy for the new one
#   reference: seed 004 §8, lifecycle tracked
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in {"orchestration.approve", "orchestration.dry_run", "orchestration.execute"}
	not _open
}

default _open := false

_open if input.facts.incident.status in {"ACKNOWLEDGED", "DETECTED", "INVESTIGATING"}

default _explanation := "whether the incident is still open is not known"

_explanation := $"the incident is {input.facts.incident.status}" if is_string(input.facts.incident.status)
