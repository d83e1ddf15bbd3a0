# METADATA
# title: Verified evidence
# description: A bundle counts when the gateway has verified all of it, itself.
package rules.evidence.verified

import data.lib.result

# METADATA
# title: Verified evidence
# description: Every check of the whole bundle holds, under the signers that this installation trusts.
# custom:
#   id: evidence.verified
#   precedence: 210
#   remedy: see what `ig-evidence verify` says of it; build and sign it again, by a signer that `evidence.policy` lists
#   reference: seed 003 AM; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in {"evidence.promote", "evidence.publish"}
	not _unpublished
	not _verified
}

default _unpublished := false

# There is nothing to verify: another rule says so.
_unpublished if {
	input.action == "evidence.promote"
	input.facts.evidence.published == false
}

default _verified := false

_verified if {
	input.facts.evidence.verified == true
	input.facts.evidence.failed == []
}

default _explanation := "whether the bundle verifies is not known"

_explanation := $"the bundle does not verify: {concat(", ", _failed)}" if count(_failed) > 0

_failed := [check | some check in input.facts.evidence.failed; is_string(check)]
