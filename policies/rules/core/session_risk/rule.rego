# METADATA
# title: Session risk
# description: A session that looks stolen does nothing that matters.
package rules.core.session_risk

import data.lib.result
import data.lib.sensitivity

# METADATA
# title: Session risk
# description: Sensitive actions need a session whose risk is known and below 80.
# custom:
#   id: core.session_risk
#   precedence: 70
#   remedy: end this session, sign in again from a device and place that you usually use, or ask the security team
#   reference: seed 003 AL1; SOC 2 CC6.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in sensitivity.actions
	not _bearable
}

_limit := 80

default _bearable := false

_bearable if {
	_risk >= 0
	_risk < _limit
}

default _explanation := "the session's risk is not known"

_explanation := $"session risk is {_risk}, `{input.action}` needs it below {_limit}" if is_number(_risk)

_risk := input.context.sessionRisk if is_number(input.context.sessionRisk)
