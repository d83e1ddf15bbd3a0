# METADATA
# title: Results
# description: The one way a rule says something. Ids, remedies and precedence come from the rule's own metadata.
package lib.result

# METADATA
# description: The actor may do this, by this grant.
# scope: document
grant(rule, explanation) := {
	"ruleId": rule.custom.id,
	"precedence": rule.custom.precedence,
	"explanation": explanation,
}

# METADATA
# description: A requirement that does not hold and that the actor cannot cure by signing in again.
# scope: document
unmet(rule, explanation) := {
	"ruleId": rule.custom.id,
	"precedence": rule.custom.precedence,
	"effect": "DENY",
	"explanation": explanation,
	"remedy": rule.custom.remedy,
}

# METADATA
# description: The same, where something else helps first, case by case; the rule's own remedy comes after it.
# scope: document
unmet_after(rule, explanation, first) := object.union(
	unmet(rule, explanation),
	{"remedy": $"{first}; then {rule.custom.remedy}"},
)

# METADATA
# description: A requirement that stronger or fresher authentication would meet (RFC 9470).
# scope: document
curable(rule, explanation, challenge) := object.union(unmet(rule, explanation), {
	"effect": "STEP_UP",
	"challenge": challenge,
})
