# METADATA
# title: Unused files
# description: A file goes when nobody has published it for a week; what is published stays.
package rules.evidence.unused

import data.lib.result

# METADATA
# title: Unused files
# description: No published bundle has the file, and it came at least seven days ago.
# custom:
#   id: evidence.unused
#   precedence: 260
#   remedy: leave it, it is in use or may yet be
#   reference: SOC 2 CC6.5
unmet contains result.unmet(rego.metadata.rule(), "the file is in use, or came less than seven days ago") if {
	input.action == "evidence.expire"
	not _unused
}

default _unused := false

_unused if {
	input.facts.evidence.published == false
	is_number(input.facts.evidence.ageDays)
	input.facts.evidence.ageDays >= 7
}
