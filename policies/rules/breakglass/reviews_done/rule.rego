# METADATA
# title: Reviews done
# description: Who breaks the glass again has answered for the last time.
package rules.breakglass.reviews_done

import data.lib.result

# METADATA
# title: Reviews done
# description: No break-glass of the actor ended more than 72 hours ago with fewer than two reviews.
# custom:
#   id: breakglass.reviews_done
#   precedence: 300
#   remedy: ask two auditors or org-admins to review your earlier break-glass
#   reference: SOC 2 CC4.2
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "breakglass.declare"
	not _reviewed
}

default _reviewed := false

_reviewed if input.facts.breakGlass.overdue == 0

default _explanation := "whether reviews of earlier break-glass are overdue is not known"

_explanation := $"{_overdue} earlier break-glass ended more than 72 h ago with fewer than two reviews" if _overdue > 0

_overdue := input.facts.breakGlass.overdue if is_number(input.facts.breakGlass.overdue)
