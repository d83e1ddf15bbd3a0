# METADATA
# title: Reason for a waiver
# description: A waiver says why, in the bundle that uses it.
package rules.evidence.justification

import data.lib.result
import data.lib.text

# METADATA
# title: Reason for a waiver
# description: The reason has at least ten characters that are not blanks.
# custom:
#   id: evidence.justification
#   precedence: 400
#   remedy: say in at least ten characters why the release can go without it
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), "the reason is missing or shorter than ten characters") if {
	input.action == "evidence.waive"
	not _justified
}

default _justified := false

_justified if text.characters(input.facts.request.justification) >= 10
