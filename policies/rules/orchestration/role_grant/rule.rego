# METADATA
# title: Who may handle remedies
# description: Responders propose and execute; SREs and org-admins also approve; services report what came of it.
package rules.orchestration.role_grant

import data.lib.result

# METADATA
# title: Who may handle remedies
# description: Responders propose and execute; SREs and org-admins also approve; services report what came of it.
# custom:
#   id: orchestration.role_grant
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
	"orchestration.approve": {"org-admin", "sre"},
	"orchestration.dry_run": {"org-admin", "responder", "sre"},
	"orchestration.execute": {"org-admin", "responder", "sre"},
	"orchestration.propose": {"org-admin", "responder", "sre"},
	"orchestration.record_dry_run": {"service"},
	"orchestration.record_outcome": {"service"},
	"orchestration.reject": {"org-admin", "sre"},
}
