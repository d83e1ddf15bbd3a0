# METADATA
# title: Known resource
# description: One acts on what exists; another tenant's resource does not, from here.
package rules.core.resource_known

import data.lib.result

# METADATA
# title: Known resource
# description: The resource exists in the actor's tenant.
# custom:
#   id: core.resource_known
#   precedence: 20
#   remedy: check the id; it must be one of your own tenant
#   reference: SOC 2 CC6.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if not _known

default _known := false

_known if input.resource.known == true

default _explanation := "the call names no resource"

_explanation := $"there is no {input.resource.type} `{input.resource.id}`" if {
	is_string(input.resource.type)
	is_string(input.resource.id)
}
