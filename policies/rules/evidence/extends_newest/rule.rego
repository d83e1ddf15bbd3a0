# METADATA
# title: Newest evidence
# description: The evidence of a release is one line of bundles, each upon the last.
package rules.evidence.extends_newest

import data.lib.result

# METADATA
# title: Newest evidence
# description: A bundle is the first of its release, a delta of the newest one, or the newest one itself once more.
# custom:
#   id: evidence.extends_newest
#   precedence: 220
#   remedy: make a delta of the newest bundle (`ig-evidence list`, `ig-evidence delta`), sign it and publish that
#   reference: seed 003 AM; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "evidence.publish"
	not _follows
}

default _follows := false

_follows if {
	is_string(input.facts.evidence.newest)
	input.facts.evidence.parent == input.facts.evidence.newest
}

_follows if {
	is_null(input.facts.evidence.newest)
	is_null(input.facts.evidence.parent)
}

_follows if {
	is_string(input.facts.evidence.newest)
	input.resource.id == input.facts.evidence.newest
}

default _explanation := "which bundle it goes on from, or which is the newest of its release, is not known"

_explanation := $"it is a delta of `{_parent}`, and its release has no bundle" if {
	is_string(_parent)
	is_null(_newest)
}

_explanation := $"it is a delta of `{_parent}`, the newest of its release is `{_newest}`" if {
	is_string(_parent)
	is_string(_newest)
}

_explanation := $"it is no delta, and its release has the bundle `{_newest}`" if {
	is_null(_parent)
	is_string(_newest)
}

_parent := input.facts.evidence.parent

_newest := input.facts.evidence.newest
