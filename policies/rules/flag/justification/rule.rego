# METADATA
# title: Reason for a flag
# description: A flag is set with a reason that others can read.
package rules.flag.justification

import data.lib.result

# METADATA
# title: Reason for a flag
# description: The reason has at least ten characters that are not blanks.
# custom:
#   id: flag.justification
#   precedence: 400
#   remedy: say in at least ten characters why the flag is set
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), "the reason is missing or shorter than ten characters") if {
	not _justified
}

default _justified := false

_justified if count(trim_space(input.facts.request.justification)) >= 10
