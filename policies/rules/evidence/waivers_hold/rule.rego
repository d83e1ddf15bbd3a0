# METADATA
# title: Waivers that hold
# description: What was waived until a day is missing from that day on.
package rules.evidence.waivers_hold

import data.lib.result

# METADATA
# title: Waivers that hold
# description: No waiver that the verdict rests on has ended.
# custom:
#   id: evidence.waivers_hold
#   precedence: 235
#   remedy: >-
#     get what was waived, or a new waiver (`ig-evidence waive`); then make a delta (`ig-evidence delta`), sign and
#     publish that
#   reference: seed 003 AM; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), explanation) if {
	input.action == "evidence.promote"
	not _unpublished
	some explanation in _lapses
}

default _unpublished := false

_unpublished if input.facts.evidence.published == false

_lapses contains $"the waiver of `{waiver.id}` ended at {waiver.expiresAt}" if some waiver in _lapsed

_lapses contains "whether the waivers still hold is not known" if {
	count(_lapsed) == 0
	not _hold
}

_lapsed contains waiver if {
	some waiver in input.facts.evidence.lapsed
	is_string(waiver.id)
	is_string(waiver.expiresAt)
}

default _hold := false

_hold if input.facts.evidence.lapsed == []
