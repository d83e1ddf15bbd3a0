# METADATA
# title: Step-up for a waiver
# description: Who lets a release go without evidence has signed in strongly and lately.
package rules.evidence.step_up

import data.lib.authentication
import data.lib.result

# METADATA
# title: Step-up for a waiver
# description: Waiving a requirement needs a second factor at most 15 minutes ago.
# custom:
#   id: evidence.step_up
#   precedence: 520
#   remedy: sign in again with a second factor, then repeat the call with the same idempotency key
#   reference: RFC 9470; SOC 2 CC6.1
unmet contains result.curable(rego.metadata.rule(), _explanation, authentication.challenge(_max_age_seconds)) if {
	input.action == "evidence.waive"
	not authentication.second_factor_within(_max_age_seconds)
}

_max_age_seconds := 900

_explanation := $"a waiver needs a second factor within the last {_max_age_seconds} s"
