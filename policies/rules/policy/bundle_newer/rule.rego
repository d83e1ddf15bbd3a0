# METADATA
# title: Newer bundle
# description: Publishing goes forward; to go back is another action, which says so.
package rules.policy.bundle_newer

import data.lib.result

# METADATA
# title: Newer bundle
# description: The serial number of the bundle is above that of every one that was active before.
# custom:
#   id: policy.bundle_newer
#   precedence: 220
#   remedy: build it upon the active policy, or use `rollbackPolicy` to go back to one that was active before
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "policy.publish"
	not _newer
}

default _newer := false

_newer if {
	is_number(input.facts.bundle.serial)
	is_number(input.facts.bundle.activeSerial)
	input.facts.bundle.serial > input.facts.bundle.activeSerial
}

default _explanation := "the serial number of the bundle or the highest so far is not known"

_explanation := $"the bundle has serial {_serial}, one that was active has {_active}" if {
	is_number(_serial)
	is_number(_active)
}

_serial := input.facts.bundle.serial

_active := input.facts.bundle.activeSerial
