# METADATA
# title: Who may change the policy
# description: Policy authors and org-admins publish; SREs may take a policy back as well.
package rules.policy.role_grant

import data.lib.result

# METADATA
# title: Who may change the policy
# description: Policy authors and org-admins publish; SREs may take a policy back as well.
# custom:
#   id: policy.role_grant
#   precedence: 900
#   remedy: none is needed, this rule grants
#   reference: SOC 2 CC8.1
grant contains result.grant(rego.metadata.rule(), $"role `{role}` may `{input.action}`") if {
	some role in input.actor.roles
	role in _roles[input.action]
}

# METADATA
# description: The actions that this grant names.
# scope: document
actions := object.keys(_roles)

_roles := {
	"policy.publish": {"org-admin", "policy-author"},
	"policy.rollback": {"org-admin", "policy-author", "sre"},
}
