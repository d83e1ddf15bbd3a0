# METADATA
# title: Justification
# description: Who proposes, approves or rejects says why.
package rules.orchestration.justification

import data.lib.result

# METADATA
# title: Justification
# description: The justification has at least ten characters that are not blanks at its ends.
# custom:
#   id: orchestration.justification
#   precedence: 400
#   remedy: say in at least ten characters why
#   reference: seed 000, mandatory approver and justification
unmet contains result.unmet(rego.metadata.rule(), "the justification is missing or shorter than ten characters") if {
	input.action in {"orchestration.approve", "orchestration.propose", "orchestration.reject"}
	not _justified
}

default _justified := false

_justified if count(trim_space(input.facts.request.justification)) >= 10
