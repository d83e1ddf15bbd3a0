# METADATA
# title: Sensitivity
# description: Which actions change production, or what governs it, and so ask more of a device and a session.
package lib.sensitivity

# METADATA
# description: Actions that are refused from where nobody can vouch for the caller.
# scope: document
actions := {
	"breakglass.declare",
	"breakglass.review",
	"flag.set",
	"orchestration.approve",
	"orchestration.execute",
	"policy.publish",
	"policy.rollback",
}

# METADATA
# description: Actions that ask for two people, so that no machine may count as one of them.
# scope: document
personal := {
	"breakglass.declare",
	"breakglass.review",
	"policy.publish",
	"policy.rollback",
}
