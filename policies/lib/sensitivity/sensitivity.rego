# METADATA
# title: Sensitivity
# description: Which actions change production, its rules or the record, and so ask more of device and session.
package lib.sensitivity

# METADATA
# description: Actions that are refused from where nobody can vouch for the caller.
# scope: document
actions := {
	"breakglass.declare",
	"breakglass.review",
	"evidence.waive",
	"flag.set",
	"ledger.archive",
	"orchestration.approve",
	"orchestration.execute",
	"policy.publish",
	"policy.rollback",
	"privacy.erase_subject",
}

# METADATA
# description: Actions that need two people, so that no machine may count as one of them.
# scope: document
personal := {
	"breakglass.declare",
	"breakglass.review",
	"evidence.waive",
	"policy.publish",
	"policy.rollback",
	"privacy.erase_subject",
}
