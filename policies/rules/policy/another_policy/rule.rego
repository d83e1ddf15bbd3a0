# METADATA
# title: Another policy
# description: To go back to what is active changes nothing and would only look like a change.
package rules.policy.another_policy

import data.lib.result

# METADATA
# title: Another policy
# description: What is gone back to is not what is active.
# custom:
#   id: policy.another_policy
#   precedence: 230
#   remedy: name the digest of a policy that was active before
#   reference: SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), "this policy is the active one, or it is not known which is") if {
	input.action == "policy.rollback"
	not _another
}

default _another := false

_another if input.facts.policyChange.active == false
