package rules.orchestration.four_eyes_approve_test

import data.lib.testing_test as testing
import data.rules.orchestration.four_eyes_approve

_ids := testing.ids(four_eyes_approve.unmet)

test_the_proposer_does_not_approve if {
	why := {"`user:sam` proposed this remedy and cannot approve it"}
	testing.explanations(four_eyes_approve.unmet) == why with input as testing.approving
		with input.facts.orchestration.proposedBy as "user:sam"
	_ids == {"orchestration.four_eyes_approve"} with input as testing.approving with input.actor.id as "user:pat"
}

test_an_unknown_proposer_might_be_the_approver if {
	every path in ["facts", "facts/orchestration", "facts/orchestration/proposedBy"] {
		unsaid := json.remove(testing.approving, [path])
		testing.explanations(four_eyes_approve.unmet) == {"who proposed this remedy is not known"} with input as unsaid
	}
	_ids == {"orchestration.four_eyes_approve"} with input as json.remove(testing.approving, ["actor/id"])
}

test_a_proposer_that_is_no_text_might_be_the_approver if {
	every value in [null, 5, true, ["user:sam"], {"id": "user:pat"}] {
		_ids == {"orchestration.four_eyes_approve"} with input as testing.approving
			with input.facts.orchestration.proposedBy as value
	}
}

test_somebody_else_approves if _ids == set() with input as testing.approving

test_other_actions_are_open_to_the_proposer if {
	every action in ["dry_run", "execute", "propose", "record_dry_run", "record_outcome", "reject"] {
		_ids == set() with input as testing.approving
			with input.action as $"orchestration.{action}"
			with input.actor.id as "user:pat"
	}
}

test_under_break_glass_the_declarer_approves_even_that if {
	alone := object.union(testing.breaking, {
		"action": "orchestration.approve",
		"actor": {"roles": ["sre"]},
		"facts": {"orchestration": {"status": "DRY_RUN_PASSED", "proposedBy": "user:rita"}},
	})
	_ids == set() with input as alone
	_ids == {"orchestration.four_eyes_approve"} with input as alone with input.facts.breakGlass.active as false
}
