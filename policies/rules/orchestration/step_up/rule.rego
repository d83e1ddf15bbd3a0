# METADATA
# title: Step-up for grave incidents
# description: To execute on a P0 or P1 one has signed in strongly and lately.
package rules.orchestration.step_up

import data.lib.result

# METADATA
# title: Step-up for grave incidents
# description: Executing on a P0 or P1 needs a second factor at most 15 minutes ago.
# custom:
#   id: orchestration.step_up
#   precedence: 500
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: seed 003 AL1; RFC 9470
unmet contains result.curable(rego.metadata.rule(), _explanation, _challenge) if {
	input.action == "orchestration.execute"
	not _harmless
	not _strong
}

_max_age_seconds := 900

_challenge := {"acrValues": "urn:countersign:acr:mfa", "maxAge": _max_age_seconds}

default _harmless := false

_harmless if _severity in {"P2", "P3", "P4"}

default _strong := false

_strong if {
	input.actor.acr == "urn:countersign:acr:mfa"
	age := input.now.epoch - input.actor.authTime
	age >= 0
	age <= _max_age_seconds
}

default _explanation := "the severity of the incident is not known, so a second factor is needed"

_explanation := $"executing on a {_severity} needs a second factor within the last {_max_age_seconds} s" if {
	is_string(_severity)
}

_severity := input.resource.severity
