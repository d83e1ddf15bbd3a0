# METADATA
# title: Tenant match
# description: An actor acts inside its own tenant only.
package rules.core.tenant_match

import data.lib.result

# METADATA
# title: Tenant match
# description: The token's tenant is the resource's tenant.
# custom:
#   id: core.tenant_match
#   precedence: 10
#   remedy: use a token of the tenant that the resource belongs to
#   reference: SOC 2 CC6.1
unmet contains result.unmet(rego.metadata.rule(), "the resource is not of the actor's tenant") if not _matches

default _matches := false

_matches if {
	is_string(input.actor.tenant)
	input.actor.tenant != ""
	input.actor.tenant == input.resource.tenant
}
