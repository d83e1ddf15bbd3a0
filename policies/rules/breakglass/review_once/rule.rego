# METADATA
# title: One review each
# description: Two reviews are two people.
package rules.breakglass.review_once

import data.lib.result

# METADATA
# title: One review each
# description: Each reviewer reviews a break-glass once.
# custom:
#   id: breakglass.review_once
#   precedence: 310
#   remedy: ask somebody who has not reviewed it yet
#   reference: SOC 2 CC5.1, separation of duties
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.review"
	not _first
}

default _first := false

_first if {
	is_string(input.actor.id)
	is_array(input.facts.breakGlass.reviewers)
	not input.actor.id in input.facts.breakGlass.reviewers
}

default _explanation := "who has reviewed it is not known"

_explanation := $"`{input.actor.id}` has reviewed it already" if input.actor.id in input.facts.breakGlass.reviewers
