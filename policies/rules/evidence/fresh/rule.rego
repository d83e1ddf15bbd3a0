# METADATA
# title: Evidence of this year
# description: Evidence that is older than a year says little of what is promoted today.
package rules.evidence.fresh

import data.lib.result

# METADATA
# title: Evidence of this year
# description: The newest bundle is at most 365 days old, and not of the future.
# custom:
#   id: evidence.fresh
#   precedence: 250
#   remedy: gather the evidence anew as a delta (`ig-evidence delta`), sign and publish that
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "evidence.promote"
	not _unpublished
	not _fresh
}

_max_days := 365

default _unpublished := false

_unpublished if input.facts.evidence.published == false

default _fresh := false

_fresh if {
	_age >= 0
	_age <= _max_days
}

default _explanation := "the age of the evidence is not known"

_explanation := $"the evidence is {_age} days old, it must be from 0 to {_max_days}" if is_number(_age)

_age := input.facts.evidence.ageDays if is_number(input.facts.evidence.ageDays)
