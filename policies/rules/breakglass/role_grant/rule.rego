# METADATA
# title: Who may break the glass and who reviews it
# description: Those who handle incidents declare an emergency; auditors and org-admins judge it afterwards.
package rules.breakglass.role_grant

import data.lib.result

# METADATA
# title: Who may break the glass and who reviews it
# description: Those who handle incidents declare an emergency; auditors and org-admins judge it afterwards.
# custom:
#   id: breakglass.role_grant
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

_roles := {
	"breakglass.declare": {"org-admin", "responder", "sre"},
	"breakglass.review": {"auditor", "org-admin"},
}
