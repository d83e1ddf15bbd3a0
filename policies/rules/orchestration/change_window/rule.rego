# METADATA
# title: Change window
# description: What can wait is done when people are there to see what it does.
package rules.orchestration.change_window

import data.lib.break_glass
import data.lib.calendar
import data.lib.result

# METADATA
# title: Change window
# description: >-
#   Executing on a P2 to P4 happens inside the tenant's change window and not on a holiday, unless under break-glass. A
#   P0 or P1 cannot wait.
# custom:
#   id: orchestration.change_window
#   precedence: 120
#   remedy: wait for the change window; it is in the configuration under `calendars`
#   reference: seed 003 AL1; SOC 2 CC8.1
unmet contains result.unmet(rego.metadata.rule(), _explanation) if {
	input.action == "orchestration.execute"
	not _grave
	not _open
	not break_glass.in_force
}

default _grave := false

_grave if input.resource.severity in {"P0", "P1"}

default _open := false

_open if {
	is_null(input.facts.calendar.holiday)
	is_null(input.facts.calendar.window)
}

_open if {
	is_null(input.facts.calendar.holiday)
	input.facts.calendar.weekday in input.facts.calendar.window.days
	input.facts.calendar.minuteOfDay >= input.facts.calendar.window.from
	input.facts.calendar.minuteOfDay < input.facts.calendar.window.until
}

default _explanation := "what the tenant's calendar says is not known"

_explanation := concat("", [_now, ", the holiday ", input.facts.calendar.holiday])

_explanation := concat("", [_now, ", changes are made ", _window]) if is_null(input.facts.calendar.holiday)

# What is undefined is told of by nobody: `concat` has no value then, where a template would say so.
_now := concat(" ", ["it is", _weekday, _minute, "in", input.facts.calendar.timeZone])

_weekday := calendar.weekday(input.facts.calendar.weekday)

_minute := calendar.clock(input.facts.calendar.minuteOfDay)

_window := concat(" ", [_days, "from", _from, "to", _until]) if count(input.facts.calendar.window.days) > 0

_days := concat(", ", [calendar.weekday(day) | some day in input.facts.calendar.window.days])

_from := calendar.clock(input.facts.calendar.window.from)

_until := calendar.clock(input.facts.calendar.window.until)
