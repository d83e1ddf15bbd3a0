# METADATA
# title: Complete evidence
# description: A release is promoted when it shows all that a release of its kind must show.
package rules.evidence.complete

import data.lib.result

# METADATA
# title: Complete evidence
# description: Each requirement of the contract is met, or was waived; each that is not is told apart.
# custom:
#   id: evidence.complete
#   precedence: 230
#   remedy: add what was missing with `ig-evidence delta`, sign and publish that
#   reference: seed 003 AM; SOC 2 CC8.1
unmet contains result.unmet_after(rego.metadata.rule(), lack.explanation, lack.first) if {
	input.action == "evidence.promote"
	not _unpublished
	some lack in _lacks
}

default _unpublished := false

# Nothing is missing in particular: another rule says so.
_unpublished if input.facts.evidence.published == false

_lacks contains {
	"explanation": $"`{requirement.id}` is {requirement.outcome}: {requirement.detail}",
	"first": requirement.obtain,
} if {
	some requirement in _missing
}

_lacks contains {
	"explanation": "whether the evidence is complete is not known",
	"first": "see what its contract asks for",
} if {
	count(_missing) == 0
	not _complete
}

_missing contains requirement if {
	some requirement in input.facts.evidence.missing
	every member in ["id", "outcome", "detail", "obtain"] {
		is_string(requirement[member])
	}
}

default _complete := false

_complete if {
	input.facts.evidence.verdict == "PASSED"
	input.facts.evidence.missing == []
}
