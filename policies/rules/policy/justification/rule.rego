# METADATA
# title: Reason for a change of the policy
# description: A change of the policy says why, for those who read the record.
package rules.policy.justification

import data.lib.result

# METADATA
# title: Reason for a change of the policy
# description: The reason has at least ten characters that are not blanks.
# custom:
#   id: policy.justification
#   precedence: 400
#   remedy: say in at least ten characters why the policy changes
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), "the reason is missing or shorter than ten characters") if {
	not _justified
}

default _justified := false

_justified if count(trim_space(input.facts.request.justification)) >= 10
