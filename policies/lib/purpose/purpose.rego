# METADATA
# title: Purposes
# description: Which declared purposes of an actor serve the purpose a resource is kept for.
package lib.purpose

# METADATA
# description: >-
#   A purpose serves itself; the record is kept for those who respond, for those who audit and for the release that
#   shows it, the policy for those who write it and for those who operate under it, who answer for privacy as well. What
#   a release shows is kept for those who audit and operate it, too.
# scope: document
serving(purpose) := {purpose} | {other | some other in _served_by[purpose]}

_served_by := {
	"policy": {"operations", "policy-authoring"},
	"privacy": {"operations"},
	"record": {"audit", "incident-response", "release"},
	"release": {"audit", "operations"},
}
