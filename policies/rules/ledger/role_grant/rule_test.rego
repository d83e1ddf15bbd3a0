package rules.ledger.role_grant_test

import data.lib.testing_test as testing
import data.rules.ledger.role_grant

# Written out a second time on purpose: who may do what changes here and in the rule, or not at all.
_granted := {
	"ledger.archive": {"org-admin"},
	"ledger.read_entries": {"auditor", "org-admin", "responder", "sre"},
	"ledger.read_entry": {"auditor", "org-admin", "responder", "sre"},
	"ledger.read_log": {"auditor", "org-admin", "release-bot"},
	"ledger.read_timeline": {"auditor", "org-admin", "responder", "sre"},
}

_roles := {"auditor", "org-admin", "policy-author", "release-bot", "responder", "service", "sre", "viewer"}

_ids := testing.ids(role_grant.grant)

test_no_role_grants_what_is_not_listed if {
	every action, granted in _granted {
		every role in _roles - granted {
			_ids == set() with input as testing.reading with input.action as action with input.actor.roles as [role]
		}
	}
}

test_no_role_at_all_grants_nothing if {
	every action, _ in _granted {
		_ids == set() with input as testing.reading with input.action as action with input.actor.roles as []
		_ids == set() with input as json.remove(testing.reading, ["actor/roles"]) with input.action as action
	}
	_ids == set() with input as {}
}

test_what_only_looks_like_a_role_grants_nothing if {
	every role in ["", "ѕre", "SRE", "sre ", "sre\u200b", "org_admin", "*", "__proto__", null, 1, ["auditor"]] {
		every action, _ in _granted {
			_ids == set() with input as testing.reading with input.action as action with input.actor.roles as [role]
		}
	}
}

test_roles_that_are_no_list_grant_nothing if {
	every roles in array.concat(testing.garbage, ["auditor"]) {
		_ids == set() with input as testing.reading with input.actor.roles as roles
	}
}

test_other_actions_are_not_granted if {
	every action in [
		"",
		"ledger",
		"ledger.",
		"ledger.unheard_of",
		"ledger.read_entry ",
		"__proto__",
		null,
		5,
		["ledger.read_entry"],
	] {
		_ids == set() with input as testing.reading with input.action as action with input.actor.roles as _roles
	}
}

test_every_listed_role_grants_and_is_named if {
	every action, granted in _granted {
		every role in granted {
			role_grant.grant == {{
				"ruleId": "ledger.role_grant",
				"precedence": 900,
				"explanation": $"role `{role}` may `{action}`",
			}} with input as testing.reading with input.action as action with input.actor.roles as ["viewerx", role]
		}
	}
}

test_it_names_its_actions if role_grant.actions == object.keys(_granted)
