# METADATA
# title: Device trust
# description: What changes production is not done from a device that nobody vouches for.
package rules.core.device_trust

import data.lib.result
import data.lib.sensitivity

# METADATA
# title: Device trust
# description: >-
#   Sensitive actions (approving, executing, setting flags, breaking the glass and reviewing it, changing policy,
#   waiving evidence, storing the record away, erasing) need a device of medium trust at least.
# custom:
#   id: core.device_trust
#   precedence: 60
#   remedy: repeat the call from a managed device
#   reference: seed 003 AL1; SOC 2 CC6.6
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in sensitivity.actions
	not _trusted
}

default _trusted := false

_trusted if input.context.deviceTrust in {"high", "medium"}

default _explanation := "the device's trust is not known"

_explanation := $"device trust is `{input.context.deviceTrust}`, `{input.action}` needs `medium`" if {
	is_string(input.context.deviceTrust)
}
