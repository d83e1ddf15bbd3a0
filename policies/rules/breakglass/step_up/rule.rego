# METADATA
# title: Step-up for a break-glass
# description: Who breaks the glass has signed in strongly and lately.
package rules.breakglass.step_up

import data.lib.authentication
import data.lib.result

# METADATA
# title: Step-up for a break-glass
# description: Declaring a break-glass needs a second factor at most 15 minutes ago.
# custom:
#   id: breakglass.step_up
#   precedence: 500
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: seed 003 AL1; RFC 9470
unmet contains result.curable(rego.metadata.rule(), _explanation, authentication.challenge(_max_age_seconds)) if {
	input.action == "breakglass.declare"
	not authentication.second_factor_within(_max_age_seconds)
}

_max_age_seconds := 900

_explanation := $"a break-glass needs a second factor within the last {_max_age_seconds} s"
