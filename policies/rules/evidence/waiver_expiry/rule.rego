# METADATA
# title: End of a waiver
# description: A waiver is a loan of time, and not a change of the contract.
package rules.evidence.waiver_expiry

import data.lib.result

# METADATA
# title: End of a waiver
# description: A waiver ends in the future, and within 90 days.
# custom:
#   id: evidence.waiver_expiry
#   precedence: 240
#   remedy: let it end within 90 days from now; change the contract when the requirement is to go for good
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "evidence.waive"
	not _bounded
}

_max_seconds := 7776000

default _bounded := false

_bounded if {
	_seconds > 0
	_seconds <= _max_seconds
}

default _explanation := "when the waiver would end is not known"

_explanation := "the waiver would have ended already" if _seconds <= 0

_explanation := $"the waiver would hold for {_seconds} s, at most {_max_seconds} s are possible" if {
	_seconds > _max_seconds
}

_seconds := input.facts.evidence.expiresInSeconds if is_number(input.facts.evidence.expiresInSeconds)
