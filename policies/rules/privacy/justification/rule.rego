# METADATA
# title: Reason for an erasure
# description: An erasure says why, for those who find the record without the text.
package rules.privacy.justification

import data.lib.result

# METADATA
# title: Reason for an erasure
# description: The reason has at least ten characters that are not blanks.
# custom:
#   id: privacy.justification
#   precedence: 400
#   remedy: say in at least ten characters why the person's text is erased
#   reference: SOC 2 P4.3
unmet contains result.unmet(rego.metadata.rule(), "the reason is missing or shorter than ten characters") if {
	not _justified
}

default _justified := false

_justified if count(trim_space(input.facts.request.justification)) >= 10
