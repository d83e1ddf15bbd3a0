# METADATA
# title: Decision
# description: >-
#   Grants say who may, requirements say what must hold. ALLOW needs a grant and no unmet requirement; STEP_UP is for
#   what stronger authentication would cure, all of it; everything else is DENY.
# schemas:
#   - input: schema.input
package main

import data.lib.result
import data.rules

# METADATA
# description: What the gateway asks for. Defined for every input, so that "no answer" can only be a fault.
# entrypoint: true
# scope: document
decision := {
	"result": _result,
	"ruleId": _determining.ruleId,
	"explanation": _determining.explanation,
	"rules": _unmet_in_order,
	"challenge": _challenge,
	"obligations": _obligations,
}

# METADATA
# description: Every action that some grant names; an action outside of it is always denied.
# scope: document
actions contains action if {
	some action
	rules[_][_].actions[action]
}

default _domain := ""

_domain := split(input.action, ".")[0]

# One body a domain, guarded first: compiled to Wasm there is no rule index, and a decision must not pay for other
# domains. References instead of `some rule in rules.flag`, which would evaluate all that a rule's package defines.
_grants contains grant if {
	_domain == "alert"
	some grant
	rules.alert[_].grant[grant]
}

_grants contains grant if {
	_domain == "flag"
	some grant
	rules.flag[_].grant[grant]
}

_grants contains grant if {
	_domain == "incident"
	some grant
	rules.incident[_].grant[grant]
}

_grants contains grant if {
	_domain == "ledger"
	some grant
	rules.ledger[_].grant[grant]
}

_grants contains grant if {
	_domain == "orchestration"
	some grant
	rules.orchestration[_].grant[grant]
}

_grants contains grant if {
	_domain == "policy"
	some grant
	rules.policy[_].grant[grant]
}

_unmet contains requirement if {
	some requirement
	rules.core[_].unmet[requirement]
}

# What cannot be seen must not be explained by what it lacks: for an unknown resource only the core rules speak.
_unmet contains requirement if {
	_domain == "alert"
	_known
	some requirement
	rules.alert[_].unmet[requirement]
}

_unmet contains requirement if {
	_domain == "ledger"
	_known
	some requirement
	rules.ledger[_].unmet[requirement]
}

_unmet contains requirement if {
	_domain == "flag"
	_known
	some requirement
	rules.flag[_].unmet[requirement]
}

_unmet contains requirement if {
	_domain == "incident"
	_known
	some requirement
	rules.incident[_].unmet[requirement]
}

_unmet contains requirement if {
	_domain == "orchestration"
	_known
	some requirement
	rules.orchestration[_].unmet[requirement]
}

_unmet contains requirement if {
	_domain == "policy"
	_known
	some requirement
	rules.policy[_].unmet[requirement]
}

# METADATA
# title: No grant
# description: Nobody may do what no grant allows.
# custom:
#   id: default.no_grant
#   precedence: 30
#   remedy: ask someone who holds a role for this action, or ask an org-admin for the role
#   reference: SOC 2 CC6.3
_unmet contains result.unmet(rego.metadata.rule(), _no_grant_explanation) if count(_grants) == 0

default _no_grant_explanation := "no grant covers this action"

_no_grant_explanation := $"none of the roles of `{input.actor.id}` may `{input.action}`" if {
	is_string(input.actor.id)
	is_string(input.action)
}

default _known := false

_known if input.resource.known == true

_unmet_in_order := [entry[2] |
	some entry in sort([[requirement.precedence, requirement.ruleId, requirement] | some requirement in _unmet])
]

_grants_in_order := [entry[2] |
	some entry in sort([[grant.precedence, grant.ruleId, grant] | some grant in _grants])
]

default _result := "DENY"

_result := "ALLOW" if {
	count(_grants) > 0
	count(_unmet) == 0
}

_result := "STEP_UP" if {
	count(_unmet) > 0
	every requirement in _unmet {
		requirement.effect == "STEP_UP"
	}
}

_determining := _grants_in_order[0] if count(_unmet) == 0

_determining := _unmet_in_order[0] if count(_unmet) > 0

default _challenge := null

_challenge := _unmet_in_order[0].challenge if _result == "STEP_UP"

# Who only looks on learns that the answer is no, not why: the reasons tell of other people's approvals and of the
# defences.
_obligations contains "mask_explanation" if not _may_know_why

_may_know_why if count({role | some role in input.actor.roles} & _told_why) > 0

_told_why := {"auditor", "org-admin", "policy-author", "release-bot", "responder", "service", "sre"}
