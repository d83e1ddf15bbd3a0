# METADATA
# title: Who may set flags
# description: SREs and org-admins set flags and throttles.
package rules.flag.role_grant

import data.lib.result

# METADATA
# title: Who may set flags
# description: SREs and org-admins set flags and throttles.
# custom:
#   id: flag.role_grant
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

_roles := {"flag.set": {"org-admin", "sre"}}
