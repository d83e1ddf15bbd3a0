# METADATA
# title: Step-up for doubtful sessions
# description: Where one comes from an unknown place or behaves unusually, one shows once more who one is.
package rules.core.session_step_up

import data.lib.authentication
import data.lib.result
import data.lib.sensitivity

# METADATA
# title: Step-up for doubtful sessions
# description: >-
#   Sensitive actions from an unknown zone, or with a session risk of 50 to 79, need a second factor at most 15 minutes
#   ago.
# custom:
#   id: core.session_step_up
#   precedence: 510
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: seed 003 AL1; RFC 9470; SOC 2 CC6.6
unmet contains result.curable(rego.metadata.rule(), _explanation, authentication.challenge(_max_age_seconds)) if {
	input.action in sensitivity.actions
	count(_doubts) > 0
	not authentication.second_factor_within(_max_age_seconds)
}

_max_age_seconds := 900

_explanation := $"{concat(" and ", sort(_doubts))}, so a second factor within the last {_max_age_seconds} s is needed"

_doubts contains "the network zone is not known" if not _placed

_doubts contains $"session risk is {input.context.sessionRisk}" if {
	input.context.sessionRisk >= 50
	input.context.sessionRisk < 80
}

default _placed := false

_placed if {
	is_string(input.context.zone)
	not input.context.zone in {"", "unknown"}
}
