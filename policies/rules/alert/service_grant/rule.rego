# METADATA
# title: Alerts come from sources
# description: Only a configured webhook source, which acts as a service, may hand in alerts.
package rules.alert.service_grant

import data.lib.result

# METADATA
# title: Alerts come from sources
# description: Only a configured webhook source, which acts as a service, may hand in alerts.
# custom:
#   id: alert.service_grant
#   precedence: 900
#   remedy: none is needed, this rule grants
#   reference: SOC 2 CC6.3
grant contains result.grant(rego.metadata.rule(), $"role `{role}` may `{input.action}`") if {
	some role in input.actor.roles
	role in _roles[input.action]
}

# METADATA
# description: The actions that this grant names.
# scope: document
actions := object.keys(_roles)

_roles := {"alert.receive": {"service"}}
