# METADATA
# title: Dry run passed
# description: Nobody approves or executes what has not been tried.
package rules.orchestration.dry_run_passed

import data.lib.result

# METADATA
# title: Dry run passed
# description: The newest dry run of the plan passed.
# custom:
#   id: orchestration.dry_run_passed
#   precedence: 210
#   remedy: run `dryRun` and see its result before asking again
#   reference: seed 000, only proceeds if dry-run passed
unmet contains result.unmet(rego.metadata.rule(), "no dry run of this plan has passed") if {
	input.action in {"orchestration.approve", "orchestration.execute"}
	not _passed
}

default _passed := false

_passed if input.facts.dryRun.passed == true
