package rules.evidence.role_grant_test

import data.lib.testing_test as testing
import data.rules.evidence.role_grant

# Written out a second time on purpose: who may do what changes here and in the rule, or not at all.
_granted := {
	"evidence.built": {"org-admin", "release-bot"},
	"evidence.download": {"auditor", "org-admin", "release-bot", "sre"},
	"evidence.expire": {"service"},
	"evidence.list": {"auditor", "org-admin", "release-bot", "sre"},
	"evidence.promote": {"org-admin", "release-bot"},
	"evidence.publish": {"org-admin", "release-bot"},
	"evidence.upload": {"org-admin", "release-bot"},
	"evidence.waive": {"org-admin"},
}

_roles := {"auditor", "org-admin", "policy-author", "release-bot", "responder", "service", "sre", "viewer"}

_ids := testing.ids(role_grant.grant)

test_no_role_grants_what_is_not_listed if {
	every action, granted in _granted {
		every role in _roles - granted {
			_ids == set() with input as testing.promoting with input.action as action with input.actor.roles as [role]
		}
	}
}

test_no_role_at_all_grants_nothing if {
	every action, _ in _granted {
		_ids == set() with input as testing.promoting with input.action as action with input.actor.roles as []
		_ids == set() with input as json.remove(testing.promoting, ["actor/roles"]) with input.action as action
	}
	_ids == set() with input as {}
}

test_what_only_looks_like_a_role_grants_nothing if {
	every role in ["", "ѕre", "SRE", "sre ", "release_bot", "release-bot ", "*", "__proto__", null, 1, ["org-admin"]] {
		every action, _ in _granted {
			_ids == set() with input as testing.promoting with input.action as action with input.actor.roles as [role]
		}
	}
}

test_roles_that_are_no_list_grant_nothing if {
	every roles in array.concat(testing.garbage, ["org-admin"]) {
		_ids == set() with input as testing.promoting with input.actor.roles as roles
	}
}

test_other_actions_are_not_granted if {
	every action in ["", "evidence", "evidence.", "evidence.promote ", "evidence.unheard_of", "__proto__", null, 5] {
		_ids == set() with input as testing.promoting with input.action as action with input.actor.roles as _roles
	}
}

test_every_listed_role_grants_and_is_named if {
	every action, granted in _granted {
		every role in granted {
			role_grant.grant == {{
				"ruleId": "evidence.role_grant",
				"precedence": 900,
				"explanation": $"role `{role}` may `{action}`",
			}} with input as testing.promoting with input.action as action with input.actor.roles as ["viewerx", role]
		}
	}
}

test_it_names_its_actions if role_grant.actions == object.keys(_granted)
