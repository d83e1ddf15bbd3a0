# METADATA
# title: Who may erase
# description: Org-admins erase what a person wrote; nobody else does.
package rules.privacy.role_grant

import data.lib.result

# METADATA
# title: Who may erase
# description: Org-admins erase what a person wrote; nobody else does.
# custom:
#   id: privacy.role_grant
#   precedence: 900
#   remedy: none is needed, this rule grants
#   reference: SOC 2 P4.3
grant contains result.grant(rego.metadata.rule(), $"role `{role}` may `{input.action}`") if {
	some role in input.actor.roles
	role in _roles[input.action]
}

# METADATA
# description: The actions that this grant names.
# scope: document
actions := object.keys(_roles)

_roles := {"privacy.erase_subject": {"org-admin"}}
