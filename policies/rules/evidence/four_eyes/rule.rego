# METADATA
# title: Four eyes on a release
# description: Who says what a release is made of does not also say what of it need not be shown.
package rules.evidence.four_eyes

import data.lib.result

# METADATA
# title: Four eyes on a release
# description: Who registered evidence of a release waives nothing of it, and who waived does not register.
# custom:
#   id: evidence.four_eyes
#   precedence: 300
#   remedy: ask another person with the right to it to make the call
#   reference: SOC 2 CC5.1; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action in {"evidence.built", "evidence.waive"}
	not _apart
}

default _apart := false

_apart if {
	is_string(input.actor.id)
	is_array(_others)
	not _one_of_them
}

default _one_of_them := false

_one_of_them if {
	is_string(input.actor.id)
	is_array(_others)
	input.actor.id in _others
}

_others := input.facts.evidence.registeredBy if input.action == "evidence.waive"

_others := input.facts.evidence.waivedBy if input.action == "evidence.built"

default _explanation := "who registered and who waived evidence of this release is not known"

_explanation := $"`{input.actor.id}` registered evidence of this release and cannot waive any" if {
	input.action == "evidence.waive"
	_one_of_them
}

_explanation := $"`{input.actor.id}` waived evidence of this release and cannot register any" if {
	input.action == "evidence.built"
	_one_of_them
}
