package rules.orchestration.dry_run_passed_test

import data.lib.testing_test as testing
import data.rules.orchestration.dry_run_passed

_ids := testing.ids(dry_run_passed.unmet)

test_after_a_failed_dry_run_nobody_approves_or_executes if {
	every needing in [testing.approving, testing.executing] {
		_ids == {"orchestration.dry_run_passed"} with input as needing with input.facts.dryRun.passed as false
	}
}

test_without_a_dry_run_nobody_approves_or_executes if {
	every needing in [testing.approving, testing.executing] {
		every path in ["facts", "facts/dryRun", "facts/dryRun/passed"] {
			_ids == {"orchestration.dry_run_passed"} with input as json.remove(needing, [path])
		}
	}
}

test_only_true_has_passed if {
	every value in array.concat(testing.garbage, [1, "true"]) {
		_ids == {"orchestration.dry_run_passed"} with input as testing.executing with input.facts.dryRun.passed as value
	}
}

test_after_a_dry_run_that_passed_one_approves_and_executes if {
	_ids == set() with input as testing.approving
	_ids == set() with input as testing.executing
}

test_other_actions_need_no_dry_run if {
	every action in ["dry_run", "propose", "record_dry_run", "record_outcome", "reject"] {
		_ids == set() with input as json.remove(testing.executing, ["facts/dryRun"])
			with input.action as $"orchestration.{action}"
	}
}

test_it_says_why if {
	testing.explanations(dry_run_passed.unmet) == {"no dry run of this plan has passed"} with input as testing.executing
		with input.facts.dryRun.passed as false
}
