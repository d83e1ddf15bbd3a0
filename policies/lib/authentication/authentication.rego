# METADATA
# title: Authentication
# description: How strongly and how lately the actor has signed in, and what to ask for when that is not enough.
# schemas:
#   - input: schema.input
package lib.authentication

_acr := "urn:countersign:acr:mfa"

# METADATA
# description: The actor has signed in with a second factor, at most so many seconds ago.
# scope: document
second_factor_within(seconds) if {
	input.actor.acr == _acr
	age := input.now.epoch - input.actor.authTime
	age >= 0
	age <= seconds
}

# METADATA
# description: What signing in again must ask for, to have such a second factor (RFC 9470).
# scope: document
challenge(seconds) := {"acrValues": _acr, "maxAge": seconds}
