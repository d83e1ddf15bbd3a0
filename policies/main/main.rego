# METADATA
# title: Decision
# description: >-
#   Grants say who may, requirements say what must hold. ALLOW needs a grant and no unmet requirement; STEP_UP is for
#   what stronger authentication would cure, all of it; everything else is DENY.
# schemas:
#   - input: schema.input
package main

import data.lib.break_glass
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

# One line a domain, because a decision must not pay for the others: compiled to Wasm there is no rule index, and the
# optimiser turns a condition on the domain into one guard for every rule. It leaves functions as they are. Lists,
# because rules differ by their ids anyway, and each further set would hash all of its members again.
default _grants_of(_) := []

_grants_of("alert") := [grant | grant := rules.alert[_].grant[_]]

_grants_of("breakglass") := [grant | grant := rules.breakglass[_].grant[_]]

_grants_of("evidence") := [grant | grant := rules.evidence[_].grant[_]]

_grants_of("flag") := [grant | grant := rules.flag[_].grant[_]]

_grants_of("incident") := [grant | grant := rules.incident[_].grant[_]]

_grants_of("ledger") := [grant | grant := rules.ledger[_].grant[_]]

_grants_of("orchestration") := [grant | grant := rules.orchestration[_].grant[_]]

_grants_of("policy") := [grant | grant := rules.policy[_].grant[_]]

_grants_of("privacy") := [grant | grant := rules.privacy[_].grant[_]]

default _unmet_of(_) := []

_unmet_of("alert") := [requirement | requirement := rules.alert[_].unmet[_]]

_unmet_of("breakglass") := [requirement | requirement := rules.breakglass[_].unmet[_]]

_unmet_of("evidence") := [requirement | requirement := rules.evidence[_].unmet[_]]

_unmet_of("flag") := [requirement | requirement := rules.flag[_].unmet[_]]

_unmet_of("incident") := [requirement | requirement := rules.incident[_].unmet[_]]

_unmet_of("ledger") := [requirement | requirement := rules.ledger[_].unmet[_]]

_unmet_of("orchestration") := [requirement | requirement := rules.orchestration[_].unmet[_]]

_unmet_of("policy") := [requirement | requirement := rules.policy[_].unmet[_]]

_unmet_of("privacy") := [requirement | requirement := rules.privacy[_].unmet[_]]

_grants := _grants_of(_domain)

_unmet := array.concat(_unmet_always, _unmet_here)

_unmet_always := array.concat([requirement | requirement := rules.core[_].unmet[_]], _no_grant)

default _unmet_here := []

# What cannot be seen must not be explained by what it lacks: for an unknown resource only the core rules speak.
_unmet_here := _unmet_of(_domain) if _known

default _no_grant := []

# METADATA
# title: No grant
# description: Nobody may do what no grant allows.
# custom:
#   id: default.no_grant
#   precedence: 30
#   remedy: ask someone who holds a role for this action, or ask an org-admin for the role
#   reference: SOC 2 CC6.3
_no_grant := [result.unmet(rego.metadata.rule(), _no_grant_explanation)] if count(_grants) == 0

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

# Every use of a break-glass is looked at afterwards, by two people.
_obligations contains "review_break_glass" if {
	_result == "ALLOW"
	break_glass.in_force
}

_may_know_why if {
	some role in input.actor.roles
	role in _told_why
}

_told_why := {"auditor", "org-admin", "policy-author", "release-bot", "responder", "service", "sre"}
