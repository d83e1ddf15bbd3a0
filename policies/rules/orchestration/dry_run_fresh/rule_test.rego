package rules.orchestration.dry_run_fresh_test

import data.lib.testing_test as testing
import data.rules.orchestration.dry_run_fresh

_ids := testing.ids(dry_run_fresh.unmet)

test_a_dry_run_older_than_30_minutes_is_stale if {
	every age in [1801, 3600, 86400] {
		_ids == {"orchestration.dry_run_fresh"} with input as testing.executing with input.facts.dryRun.ageSeconds as age
		_ids == {"orchestration.dry_run_fresh"} with input as testing.approving with input.facts.dryRun.ageSeconds as age
	}
}

test_a_dry_run_of_the_future_is_not_fresh if {
	every age in [-1, -1800] {
		_ids == {"orchestration.dry_run_fresh"} with input as testing.executing with input.facts.dryRun.ageSeconds as age
	}
}

test_an_unknown_age_is_not_fresh_and_said_to_be_unknown if {
	every path in ["facts", "facts/dryRun", "facts/dryRun/ageSeconds"] {
		unsaid := json.remove(testing.executing, [path])
		testing.explanations(dry_run_fresh.unmet) == {"the age of the dry run is not known"} with input as unsaid
	}
}

test_an_age_that_is_no_number_is_not_fresh if {
	every age in [null, true, false, "", "60", [], [60], {}, {"x": 60}] {
		_ids == {"orchestration.dry_run_fresh"} with input as testing.executing with input.facts.dryRun.ageSeconds as age
	}
}

test_up_to_30_minutes_it_is_fresh if {
	every age in [0, 1, 1799, 1800] {
		_ids == set() with input as testing.executing with input.facts.dryRun.ageSeconds as age
		_ids == set() with input as testing.approving with input.facts.dryRun.ageSeconds as age
	}
}

test_other_actions_need_no_dry_run if {
	every action in ["dry_run", "propose", "record_dry_run", "record_outcome", "reject"] {
		_ids == set() with input as json.remove(testing.executing, ["facts/dryRun"])
			with input.action as $"orchestration.{action}"
	}
}

test_it_says_both_ages if {
	why := {"the dry run is 1801 s old, at most 1800 s are allowed"}
	testing.explanations(dry_run_fresh.unmet) == why with input as testing.executing
		with input.facts.dryRun.ageSeconds as 1801
}
