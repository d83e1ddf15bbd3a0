package main_test

import data.lib.testing_test as testing
import data.main

_tenant := {
	"ruleId": "core.tenant_match",
	"precedence": 10,
	"effect": "DENY",
	"explanation": "the resource is not of the actor's tenant",
	"remedy": "use a token of the tenant that the resource belongs to",
}

_unmet := [requirement.ruleId | some requirement in main.decision.rules]

_denied if {
	main.decision.result == "DENY"
	count(main.decision.rules) > 0
}

test_an_empty_input_is_a_complete_denial if {
	decision := main.decision with input as {}
	object.keys(decision) == {"result", "ruleId", "explanation", "rules", "challenge", "obligations"}
	decision.result == "DENY"
	decision.ruleId == "core.tenant_match"
	decision.explanation == _tenant.explanation
	decision.rules[0] == _tenant
	decision.challenge == null
	decision.obligations == {"mask_explanation"}
}

test_an_empty_input_lacks_all_that_is_asked_of_everyone if {
	_unmet == ["core.tenant_match", "core.resource_known", "default.no_grant", "core.purpose"] with input as {}
}

test_no_input_and_input_that_is_no_object_are_denied if {
	_denied
	every value in [null, 5, true, "", "orchestration.execute", []] {
		_denied with input as value
	}
}

test_nothing_undefined_is_said if {
	every value in [{}, {"action": 5}, {"action": "orchestration.execute", "resource": {"known": true}}] {
		decision := main.decision with input as value
		not contains(json.marshal(decision), "undefined")
	}
}

test_an_unknown_action_is_granted_to_nobody if {
	every action in [
		"orchestration.undo",
		"orchestration",
		"orchestration.",
		".execute",
		"",
		"ORCHESTRATION.execute",
		"orchestration.execute.x",
		"orchestrаtion.execute",
	] {
		decision := main.decision with input as testing.executing with input.action as action
		decision.result == "DENY"
		"default.no_grant" in testing.ids(decision.rules)
	}
}

test_what_nobody_is_granted_is_explained_in_full if {
	decision := main.decision with input as testing.executing with input.actor.roles as ["auditor"]
	decision.rules == [{
		"ruleId": "default.no_grant",
		"precedence": 30,
		"effect": "DENY",
		"explanation": "none of the roles of `user:rita` may `orchestration.execute`",
		"remedy": "ask someone who holds a role for this action, or ask an org-admin for the role",
	}]
}

test_an_unknown_domain_is_granted_to_nobody if {
	every action in ["core.purpose", "main.decision", "lib.result", "__proto__.x", "constructor", "constructor.name"] {
		decision := main.decision with input as testing.executing with input.action as action
		decision.result == "DENY"
		testing.ids(decision.rules) == {"default.no_grant"}
		decision.explanation == $"none of the roles of `user:rita` may `{action}`"
	}
}

test_an_action_that_is_no_text_is_granted_to_nobody if {
	every action in [null, 5, true, ["orchestration.execute"], {"orchestration": "execute"}] {
		decision := main.decision with input as testing.executing with input.action as action
		decision.result == "DENY"
		testing.ids(decision.rules) == {"default.no_grant"}
		decision.explanation == "no grant covers this action"
	}
	_denied with input as json.remove(testing.executing, ["action"])
}

test_roles_that_only_look_like_roles_grant_nothing if {
	every role in ["ѕre", "SRE", "sre ", "sre\u200b", "ｓｒｅ", "*", "__proto__"] {
		decision := main.decision with input as testing.approving with input.actor.roles as [role]
		decision.result == "DENY"
		testing.ids(decision.rules) == {"default.no_grant"}
	}
}

test_no_roles_are_never_allowed if {
	every allowed in _allowed {
		_denied with input as allowed with input.actor.roles as []
	}
}

test_another_tenant_is_never_allowed if {
	every allowed in _allowed {
		decision := main.decision with input as allowed with input.actor.tenant as "umbrella"
		decision.result == "DENY"
		decision.ruleId == "core.tenant_match"
		decision.rules == [_tenant]
	}
}

test_of_an_unknown_resource_only_the_core_speaks if {
	# Nothing of these holds, and a rule of the domain would say so.
	every action in ["breakglass.declare", "orchestration.execute", "incident.resolve", "flag.set"] {
		_unmet == ["core.resource_known"] with input as {
			"action": action,
			"actor": object.union(testing.executing.actor, {"roles": ["org-admin"]}),
			"resource": object.union(testing.executing.resource, {"known": false}),
			"context": testing.executing.context,
			"facts": {},
		}
	}
}

test_a_known_one_is_judged_by_its_domains_rules if {
	_unmet == ["flag.justification"] with input as json.remove(testing.flagging, ["facts"])
	_unmet == ["incident.transition"] with input as json.remove(testing.resolving, ["facts"])
	unmet := ["orchestration.stage", "orchestration.justification"]
	_unmet == unmet with input as json.remove(testing.proposing, ["facts"])
}

test_all_that_is_unmet_is_told_in_order_of_precedence if {
	stripped := json.remove(testing.executing, ["facts", "context", "actor/purposes", "actor/roles", "actor/acr"])
	_unmet == [
		"default.no_grant",
		"core.purpose",
		"core.device_trust",
		"core.session_risk",
		"orchestration.kill_switch",
		"orchestration.change_freeze",
		"orchestration.incident_open",
		"orchestration.stage",
		"orchestration.dry_run_passed",
		"orchestration.dry_run_fresh",
		"orchestration.plan_hash",
		"orchestration.four_eyes_execute",
		"orchestration.step_up",
		"core.session_step_up",
	] with input as stripped
	main.decision.ruleId == "default.no_grant" with input as stripped
}

test_what_stronger_authentication_cures_is_a_step_up if {
	decision := main.decision with input as testing.executing with input.actor.acr as null
	decision.result == "STEP_UP"
	decision.ruleId == "orchestration.step_up"
	decision.challenge == {"acrValues": "urn:countersign:acr:mfa", "maxAge": 900}
	testing.ids(decision.rules) == {"orchestration.step_up"}
}

# Nothing but step-ups has a later place than this one today, so a denial is put there.
test_a_challenge_belongs_to_a_step_up_alone if {
	late := {"ruleId": "a.late", "precedence": 999, "effect": "DENY", "explanation": "b", "remedy": "c"}
	decision := main.decision with input as testing.executing
		with input.actor.acr as null
		with data.rules.orchestration.justification.unmet as {late}
	decision.result == "DENY"
	decision.ruleId == "orchestration.step_up"
	decision.challenge == null
	decision.rules[1] == late
}

test_what_it_does_not_cure_alone_is_a_denial_without_challenge if {
	decision := main.decision with input as testing.executing
		with input.actor.acr as null
		with input.facts.killSwitch as true
	decision.result == "DENY"
	decision.ruleId == "orchestration.kill_switch"
	decision.challenge == null
	testing.ids(decision.rules) == {"orchestration.kill_switch", "orchestration.step_up"}
}

test_without_a_grant_a_step_up_is_not_offered if {
	decision := main.decision with input as testing.executing
		with input.actor.acr as null
		with input.actor.roles as ["viewer"]
	decision.result == "DENY"
	decision.ruleId == "default.no_grant"
}

test_an_allowed_call_names_its_grant if {
	main.decision == {
		"result": "ALLOW",
		"ruleId": "orchestration.role_grant",
		"explanation": "role `responder` may `orchestration.execute`",
		"rules": [],
		"challenge": null,
		"obligations": set(),
	} with input as testing.executing
}

test_of_several_grants_the_first_by_name_is_told if {
	main.decision.explanation == "role `org-admin` may `orchestration.execute`" with input as testing.executing
		with input.actor.roles as ["sre", "responder", "org-admin"]
}

test_each_domain_allows_what_it_grants if {
	every domain, allowed in _allowed {
		decision := main.decision with input as allowed
		decision.result == "ALLOW"
		startswith(decision.ruleId, $"{domain}.")
	}
}

test_what_break_glass_allows_is_to_be_reviewed if {
	main.decision.obligations == {"review_break_glass"} with input as testing.breaking
	alone := object.union(testing.breaking, {"facts": {"approvals": [], "freeze": {"active": true}}})
	main.decision.result == "ALLOW" with input as alone
}

test_what_it_does_not_allow_is_not if {
	decision := main.decision with input as testing.breaking with input.facts.killSwitch as true
	decision.result == "DENY"
	decision.obligations == set()
}

test_break_glass_waives_neither_brake_nor_plan_nor_grant if {
	broken := {
		"orchestration.kill_switch": {"facts": {"killSwitch": true}},
		"orchestration.incident_open": {"facts": {"incident": {"status": "RESOLVED"}}},
		"orchestration.stage": {"facts": {"orchestration": {"status": "DRY_RUN_PASSED"}}},
		"orchestration.dry_run_passed": {"facts": {"dryRun": {"passed": false}}},
		"orchestration.dry_run_fresh": {"facts": {"dryRun": {"ageSeconds": 1801}}},
		"orchestration.plan_hash": {"facts": {"request": {"planHash": "sha256:bb"}}},
		"core.tenant_match": {"resource": {"tenant": "umbrella"}},
		"core.purpose": {"actor": {"purposes": ["audit"]}},
		"core.device_trust": {"context": {"deviceTrust": "low"}},
		"core.session_risk": {"context": {"sessionRisk": 80}},
		"default.no_grant": {"actor": {"roles": ["auditor"]}},
	}
	every rule, change in broken {
		decision := main.decision with input as object.union(testing.breaking, change)
		decision.result == "DENY"
		testing.ids(decision.rules) == {rule}
	}
}

test_who_only_looks_on_is_not_told_why if {
	every roles in [["viewer"], [], ["unheard-of"], ["viewer", "Auditor"], "sre", null] {
		main.decision.obligations == {"mask_explanation"} with input as testing.reading with input.actor.roles as roles
	}
}

test_everyone_else_is_told_why if {
	every role in ["auditor", "org-admin", "policy-author", "release-bot", "responder", "service", "sre"] {
		main.decision.obligations == set() with input as testing.reading with input.actor.roles as ["viewer", role]
	}
}

test_the_actions_are_those_of_the_grants if {
	main.actions == {
		"alert.receive",
		"breakglass.declare",
		"breakglass.review",
		"evidence.built",
		"evidence.download",
		"evidence.expire",
		"evidence.list",
		"evidence.promote",
		"evidence.publish",
		"evidence.upload",
		"evidence.waive",
		"flag.set",
		"incident.acknowledge",
		"incident.resolve",
		"ledger.archive",
		"ledger.read_entries",
		"ledger.read_entry",
		"ledger.read_log",
		"ledger.read_timeline",
		"orchestration.approve",
		"orchestration.dry_run",
		"orchestration.execute",
		"orchestration.propose",
		"orchestration.record_dry_run",
		"orchestration.record_outcome",
		"orchestration.reject",
		"policy.publish",
		"policy.rollback",
		"privacy.erase_subject",
	}
}

_allowed := {
	"alert": testing.receiving,
	"breakglass": testing.declaring,
	"evidence": testing.promoting,
	"flag": testing.flagging,
	"incident": testing.resolving,
	"ledger": testing.reading,
	"orchestration": testing.executing,
	"policy": testing.publishing,
	"privacy": testing.erasing,
}

# A grant and a requirement in the place of a rule: how a domain is heard must not depend on which rules it has today.
_planted := {
	"grant": {{"ruleId": "planted.grant", "precedence": 999, "explanation": "planted"}},
	"unmet": {{
		"ruleId": "planted.unmet",
		"precedence": 999,
		"effect": "DENY",
		"explanation": "planted",
		"remedy": "none",
	}},
}

_heard := testing.ids(main.decision.rules) & {"default.no_grant", "planted.unmet"}

_without_roles[domain] := object.union(allowed, {"actor": {"roles": []}}) if some domain, allowed in _allowed

_unknown[domain] := object.union(allowed, {"resource": {"known": false}}) if some domain, allowed in _without_roles

_asked := {"planted.unmet"}

_answer(domain, own) := _asked if domain == own

_answer(domain, own) := {"default.no_grant"} if domain != own

test_rules_of_alert_speak_of_alert_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "alert")
		_heard == heard with input as _without_roles[domain] with data.rules.alert.service_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.alert.service_grant as _planted
	}
}

test_rules_of_flag_speak_of_flag_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "flag")
		_heard == heard with input as _without_roles[domain] with data.rules.flag.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.flag.role_grant as _planted
	}
}

test_rules_of_incident_speak_of_incident_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "incident")
		_heard == heard with input as _without_roles[domain] with data.rules.incident.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.incident.role_grant as _planted
	}
}

test_rules_of_ledger_speak_of_ledger_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "ledger")
		_heard == heard with input as _without_roles[domain] with data.rules.ledger.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.ledger.role_grant as _planted
	}
}

test_rules_of_orchestration_speak_of_orchestration_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "orchestration")
		_heard == heard with input as _without_roles[domain] with data.rules.orchestration.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.orchestration.role_grant as _planted
	}
}

test_rules_of_breakglass_speak_of_breakglass_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "breakglass")
		_heard == heard with input as _without_roles[domain] with data.rules.breakglass.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.breakglass.role_grant as _planted
	}
}

test_rules_of_policy_speak_of_policy_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "policy")
		_heard == heard with input as _without_roles[domain] with data.rules.policy.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.policy.role_grant as _planted
	}
}

test_rules_of_privacy_speak_of_privacy_alone if {
	every domain, _ in _allowed {
		heard := _answer(domain, "privacy")
		_heard == heard with input as _without_roles[domain] with data.rules.privacy.role_grant as _planted
		_heard == heard - _asked with input as _unknown[domain] with data.rules.privacy.role_grant as _planted
	}
}

test_rules_of_the_core_ask_everyone_and_grant_nothing if {
	every domain, roleless in _without_roles {
		heard := {"default.no_grant", "planted.unmet"}
		_heard == heard with input as roleless with data.rules.core.purpose as _planted
		_heard == heard with input as _unknown[domain] with data.rules.core.purpose as _planted
	}
}
