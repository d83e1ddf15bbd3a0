# METADATA
# title: Who may handle evidence
# description: >-
#   The release and org-admins register, upload, publish and promote. Auditors and SREs look as well. Only org-admins
#   waive. What nobody published is removed by a job of ours.
package rules.evidence.role_grant

import data.lib.result

# METADATA
# title: Who may handle evidence
# description: >-
#   The release and org-admins register, upload, publish and promote. Auditors and SREs look as well. Only org-admins
#   waive. What nobody published is removed by a job of ours.
# custom:
#   id: evidence.role_grant
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
	"evidence.built": {"org-admin", "release-bot"},
	"evidence.download": {"auditor", "org-admin", "release-bot", "sre"},
	"evidence.expire": {"service"},
	"evidence.list": {"auditor", "org-admin", "release-bot", "sre"},
	"evidence.promote": {"org-admin", "release-bot"},
	"evidence.publish": {"org-admin", "release-bot"},
	"evidence.upload": {"org-admin", "release-bot"},
	"evidence.waive": {"org-admin"},
}
