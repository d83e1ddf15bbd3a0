# METADATA
# title: Signed bundle
# description: A policy comes with a signature by someone whom this installation trusts.
package rules.policy.bundle_signed

import data.lib.result

# METADATA
# title: Signed bundle
# description: The manifest of the bundle is signed by a key or an identity that the configuration trusts.
# custom:
#   id: policy.bundle_signed
#   precedence: 200
#   remedy: sign it with `countersign policy sign`, by a signer listed under `policy.trust`
#   reference: seed 003 AL; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _signed

default _signed := false

_signed if input.facts.bundle.signature == "valid"

default _explanation := "whether the bundle is signed is not known"

_explanation := "the bundle carries no signature" if input.facts.bundle.signature == "missing"

_explanation := "the bundle's signature is not of a trusted signer over these bytes" if {
	input.facts.bundle.signature == "untrusted"
}
