package rules.orchestration.four_eyes_execute_test

import data.lib.testing_test as testing
import data.rules.orchestration.four_eyes_execute

_ids := testing.ids(four_eyes_execute.unmet)

_approval(actor, plan_hash) := {"actor": actor, "planHash": plan_hash}

test_no_approval_is_refused if {
	_ids == {"orchestration.four_eyes_execute"} with input as testing.executing with input.facts.approvals as []
	every path in ["facts", "facts/approvals", "facts/orchestration", "facts/orchestration/proposedBy", "actor/id"] {
		_ids == {"orchestration.four_eyes_execute"} with input as json.remove(testing.executing, [path])
	}
}

test_approvals_of_the_proposer_and_of_the_executor_do_not_count if {
	approvals := [_approval("user:pat", "sha256:aa"), _approval("user:rita", "sha256:aa")]
	_ids == {"orchestration.four_eyes_execute"} with input as testing.executing with input.facts.approvals as approvals
	every approval in approvals {
		_ids == {"orchestration.four_eyes_execute"} with input as testing.executing
			with input.facts.approvals as [approval]
	}
}

test_an_approval_of_another_plan_does_not_count if {
	every plan_hash in ["sha256:bb", "", null] {
		_ids == {"orchestration.four_eyes_execute"} with input as testing.executing
			with input.facts.approvals as [_approval("user:sam", plan_hash)]
	}
}

test_two_halves_do_not_make_an_approval if {
	approvals := [_approval("user:sam", "sha256:bb"), _approval("user:pat", "sha256:aa")]
	_ids == {"orchestration.four_eyes_execute"} with input as testing.executing with input.facts.approvals as approvals
}

test_a_plan_without_hash_is_not_approved_by_an_approval_without_hash if {
	every value in [null, 5, ["sha256:aa"]] {
		_ids == {"orchestration.four_eyes_execute"} with input as testing.executing
			with input.facts.orchestration.planHash as value
			with input.facts.approvals as [_approval("user:sam", value)]
	}
}

test_an_approver_that_is_no_text_is_nobody if {
	every value in [null, 5, true, ["user:sam"], {"id": "user:sam"}] {
		_ids == {"orchestration.four_eyes_execute"} with input as testing.executing
			with input.facts.approvals as [_approval(value, "sha256:aa")]
	}
	_ids == {"orchestration.four_eyes_execute"} with input as testing.executing
		with input.facts.approvals as [{"planHash": "sha256:aa"}]
}

test_approvals_in_another_form_do_not_count if {
	every value in array.concat(testing.garbage, [_approval("user:sam", "sha256:aa")]) {
		_ids == {"orchestration.four_eyes_execute"} with input as testing.executing with input.facts.approvals as value
	}
}

test_one_approval_of_somebody_else_is_enough if {
	_ids == set() with input as testing.executing
	_ids == set() with input as testing.executing with input.facts.approvals as [
		_approval("user:pat", "sha256:aa"),
		_approval("user:sam", "sha256:bb"),
		_approval("user:sue", "sha256:aa"),
	]
}

test_the_proposer_executes_what_somebody_else_approved if {
	_ids == set() with input as testing.executing with input.actor.id as "user:pat"
}

test_other_actions_need_no_approval if {
	every action in ["approve", "dry_run", "propose", "record_dry_run", "record_outcome", "reject"] {
		_ids == set() with input as testing.executing
			with input.action as $"orchestration.{action}"
			with input.facts.approvals as []
	}
}

test_it_says_why if {
	why := {"nobody but the proposer and the executor has approved the current plan"}
	testing.explanations(four_eyes_execute.unmet) == why with input as testing.executing with input.facts.approvals as []
}

test_under_break_glass_the_declarers_own_approval_is_enough if {
	alone := object.union(testing.breaking, {"facts": {"approvals": [{"actor": "user:rita", "planHash": "sha256:aa"}]}})
	_ids == set() with input as alone
	_ids == {"orchestration.four_eyes_execute"} with input as alone with input.facts.breakGlass.active as false
}
