# METADATA
# title: Step-up for an erasure
# description: An erasure cannot be undone; who makes it has signed in strongly and lately.
package rules.privacy.step_up

import data.lib.authentication
import data.lib.result

# METADATA
# title: Step-up for an erasure
# description: Erasing what a person wrote needs a second factor at most 15 minutes ago.
# custom:
#   id: privacy.step_up
#   precedence: 520
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: RFC 9470; SOC 2 CC6.1
unmet contains result.curable(rego.metadata.rule(), _explanation, authentication.challenge(_max_age_seconds)) if {
	not authentication.second_factor_within(_max_age_seconds)
}

_max_age_seconds := 900

_explanation := $"an erasure cannot be undone and needs a second factor within the last {_max_age_seconds} s"
