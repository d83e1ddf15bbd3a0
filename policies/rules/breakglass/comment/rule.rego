# METADATA
# title: Comment of a review
# description: A verdict without a reason teaches nobody anything.
package rules.breakglass.comment

import data.lib.result
import data.lib.text

# METADATA
# title: Comment of a review
# description: The comment of a review has at least ten characters that are not blanks.
# custom:
#   id: breakglass.comment
#   precedence: 400
#   remedy: say in at least ten characters why it was or was not justified
#   reference: SOC 2 CC4.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.review"
	not _commented
}

_least := 10

default _commented := false

_commented if _length >= _least

default _explanation := "the comment is missing"

_explanation := $"the comment has {_length} characters that are not blanks, at least {_least} are needed" if {
	is_number(_length)
}

_length := text.characters(input.facts.request.comment)
