# METADATA
# title: Ended
# description: What is still going on is not judged yet.
package rules.breakglass.ended

import data.lib.result

# METADATA
# title: Ended
# description: A break-glass is reviewed after it has ended.
# custom:
#   id: breakglass.ended
#   precedence: 200
#   remedy: wait until it has ended
#   reference: SOC 2 CC4.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.review"
	not _ended
}

default _ended := false

_ended if input.facts.breakGlass.active == false

default _explanation := "whether it has ended is not known"

_explanation := $"it is active for another {input.facts.breakGlass.secondsLeft} s" if {
	input.facts.breakGlass.active == true
	is_number(input.facts.breakGlass.secondsLeft)
}
