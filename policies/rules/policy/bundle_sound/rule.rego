# METADATA
# title: Sound bundle
# description: A policy is taken only if it is whole, loads here and passes the cases that it brings.
package rules.policy.bundle_sound

import data.lib.result

# METADATA
# title: Sound bundle
# description: The files are those of the manifest, the engine has every builtin, and the self-test passes.
# custom:
#   id: policy.bundle_sound
#   precedence: 210
#   remedy: build it again with `npm run policy:build`, and sign what that wrote
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _sound

default _sound := false

_sound if is_null(input.facts.bundle.fault)

default _explanation := "whether the bundle is sound is not known"

_explanation := input.facts.bundle.fault if is_string(input.facts.bundle.fault)
