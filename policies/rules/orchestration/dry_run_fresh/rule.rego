# METADATA
# title: Dry run fresh
# description: The world moves on; an old dry run proves little.
package rules.orchestration.dry_run_fresh

import data.lib.result

# METADATA
# title: Dry run fresh
# description: The dry run is at most 30 minutes old when it is approved or executed.
# custom:
#   id: orchestration.dry_run_fresh
#   precedence: 220
#   remedy: run `dryRun` again; the new plan needs a new approval
#   reference: seed 000, dry-run validation before execution
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in {"orchestration.approve", "orchestration.execute"}
	not _fresh
}

_max_age_seconds := 1800

default _fresh := false

_fresh if {
	input.facts.dryRun.ageSeconds >= 0
	input.facts.dryRun.ageSeconds <= _max_age_seconds
}

default _explanation := "the age of the dry run is not known"

_explanation := $"the dry run is {input.facts.dryRun.ageSeconds} s old, at most {_max_age_seconds} s are allowed" if {
	is_number(input.facts.dryRun.ageSeconds)
}
