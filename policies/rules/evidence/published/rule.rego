# METADATA
# title: Published evidence
# description: A release is promoted on what the catalog holds of it, and never on somebody's word.
package rules.evidence.published

import data.lib.result

# METADATA
# title: Published evidence
# description: A bundle of the release is published.
# custom:
#   id: evidence.published
#   precedence: 200
#   remedy: build the evidence, sign it and publish it with `ig-evidence publish`
#   reference: seed 003 AM; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "evidence.promote"
	not _published
}

default _published := false

_published if input.facts.evidence.published == true

default _explanation := "no evidence of this release is published"

_explanation := $"no evidence of `{input.resource.id}` is published" if is_string(input.resource.id)
