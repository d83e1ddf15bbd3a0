package lib.sensitivity_test

import data.lib.sensitivity

test_what_changes_production_or_its_rules_is_sensitive if {
	sensitivity.actions == {
		"breakglass.declare",
		"breakglass.review",
		"evidence.waive",
		"flag.set",
		"ledger.archive",
		"orchestration.approve",
		"orchestration.execute",
		"policy.publish",
		"policy.rollback",
		"privacy.erase_subject",
	}
}
