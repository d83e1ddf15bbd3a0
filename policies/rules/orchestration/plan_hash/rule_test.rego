package rules.orchestration.plan_hash_test

import data.lib.testing_test as testing
import data.rules.orchestration.plan_hash

_ids := testing.ids(plan_hash.unmet)

test_another_plan_than_the_current_is_refused if {
	every needing in [testing.approving, testing.executing] {
		why := {"the call names plan `sha256:bb`, the current plan is `sha256:aa`"}
		testing.explanations(plan_hash.unmet) == why with input as needing with input.facts.request.planHash as "sha256:bb"
		_ids == {"orchestration.plan_hash"} with input as needing with input.facts.orchestration.planHash as "sha256:bb"
	}
}

test_a_missing_hash_is_refused if {
	why := {"the call names no plan hash, or the plan has none yet"}
	every path in [
		"facts",
		"facts/request",
		"facts/request/planHash",
		"facts/orchestration",
		"facts/orchestration/planHash",
	] {
		testing.explanations(plan_hash.unmet) == why with input as json.remove(testing.executing, [path])
	}
}

test_a_plan_without_hash_matches_nothing if {
	_ids == {"orchestration.plan_hash"} with input as testing.executing with input.facts.orchestration.planHash as null
}

test_equal_values_that_are_no_strings_do_not_match if {
	every value in [null, 5, true, ["sha256:aa"], {"a": "b"}] {
		_ids == {"orchestration.plan_hash"} with input as testing.executing
			with input.facts.request.planHash as value
			with input.facts.orchestration.planHash as value
	}
}

test_the_current_plan_is_fine if {
	_ids == set() with input as testing.approving
	_ids == set() with input as testing.executing
}

test_other_actions_name_no_plan if {
	every action in ["dry_run", "propose", "record_dry_run", "record_outcome", "reject"] {
		_ids == set() with input as json.remove(testing.executing, ["facts/request/planHash"])
			with input.action as $"orchestration.{action}"
	}
}
