# METADATA
# title: Kill switch
# description: One flag stops every execution of the tenant at once.
package rules.orchestration.kill_switch

import data.lib.result

# METADATA
# title: Kill switch
# description: Nothing is executed while the tenant's kill switch is engaged, or when its state is not known.
# custom:
#   id: orchestration.kill_switch
#   precedence: 100
#   remedy: wait until an sre or org-admin releases the flag `remediation.kill-switch`
#   reference: seed 002, emergency kill switch
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "orchestration.execute"
	not _released
}

default _released := false

_released if input.facts.killSwitch == false

default _explanation := "whether the kill switch `remediation.kill-switch` is engaged is not known"

_explanation := "the kill switch `remediation.kill-switch` is engaged" if input.facts.killSwitch == true
