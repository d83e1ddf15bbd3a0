# METADATA
# title: Who may read the record and store it away
# description: >-
#   Those who handle incidents and auditors read timelines and entries. Both tell why things were
#   denied, so who only looks on does not. The log as it is, tiles and checkpoints, is copied by who
#   checks it: auditors, org-admins and the release. Only org-admins move what is old to an archive.
package rules.ledger.role_grant

import data.lib.result

# METADATA
# title: Who may read the record and store it away
# description: >-
#   Those who handle incidents and auditors read timelines and entries. Both tell why things were
#   denied, so who only looks on does not. The log as it is, tiles and checkpoints, is copied by who
#   checks it: auditors, org-admins and the release. Only org-admins move what is old to an archive.
# custom:
#   id: ledger.role_grant
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
	"ledger.archive": {"org-admin"},
	"ledger.read_entries": {"auditor", "org-admin", "responder", "sre"},
	"ledger.read_entry": {"auditor", "org-admin", "responder", "sre"},
	"ledger.read_log": {"auditor", "org-admin", "release-bot"},
	"ledger.read_timeline": {"auditor", "org-admin", "responder", "sre"},
}
