# METADATA
# title: Step-up for grave incidents
# description: To execute on a P0 or P1, or under break-glass, one has signed in strongly and lately.
package rules.orchestration.step_up

import data.lib.authentication
import data.lib.break_glass
import data.lib.result

# METADATA
# title: Step-up for grave incidents
# description: Executing on a P0 or P1, or under break-glass, needs a second factor at most 15 minutes ago.
# custom:
#   id: orchestration.step_up
#   precedence: 500
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: seed 003 AL1; RFC 9470
unmet contains result.curable(rego.metadata.rule(), _explanation, authentication.challenge(_max_age_seconds)) if {
	input.action == "orchestration.execute"
	not _harmless
	not authentication.second_factor_within(_max_age_seconds)
}

_max_age_seconds := 900

default _harmless := false

_harmless if {
	_severity in {"P2", "P3", "P4"}
	not break_glass.in_force
}

default _explanation := "the severity of the incident is not known, so a second factor is needed"

_explanation := $"executing under break-glass needs a second factor within the last {_max_age_seconds} s" if {
	break_glass.in_force
} else := $"executing on a {_severity} needs a second factor within the last {_max_age_seconds} s" if {
	is_string(_severity)
}

_severity := input.resource.severity
