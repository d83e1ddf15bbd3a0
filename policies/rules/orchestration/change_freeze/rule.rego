# METADATA
# title: Change freeze
# description: No changes to production while a freeze holds.
package rules.orchestration.change_freeze

import data.lib.break_glass
import data.lib.result

# METADATA
# title: Change freeze
# description: Nothing is executed during a change freeze of the tenant, unless under break-glass.
# custom:
#   id: orchestration.change_freeze
#   precedence: 110
#   remedy: wait for the end of the freeze, have it lifted in the configuration, or on a P0 or P1 declare break-glass
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "orchestration.execute"
	not _thawed
	not break_glass.in_force
}

default _thawed := false

_thawed if input.facts.freeze.active == false

default _explanation := "whether a change freeze holds is not known"

_explanation := $"a change freeze holds until {input.facts.freeze.until}: {input.facts.freeze.reason}" if {
	is_string(input.facts.freeze.until)
	is_string(input.facts.freeze.reason)
}
