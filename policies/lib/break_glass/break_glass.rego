# METADATA
# title: Break-glass
# description: >-
#   The one place that says when a declared emergency carries an action. What it waives is listed by the rules that ask:
#   freeze, change window and four eyes. The kill switch, the plan, its dry run, tenants and grants never do.
# schemas:
#   - input: schema.input
package lib.break_glass

default in_force := false

# METADATA
# description: The actor approves or executes on an incident for which a break-glass of their own has not ended.
# scope: document
in_force if {
	input.action in {"orchestration.approve", "orchestration.execute"}
	input.facts.breakGlass.active == true
	is_number(input.facts.breakGlass.secondsLeft)
	input.facts.breakGlass.secondsLeft > 0
	is_string(input.actor.id)
	input.facts.breakGlass.declaredBy == input.actor.id
}
