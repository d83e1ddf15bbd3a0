package rules.orchestration.change_window_test

import data.lib.testing_test as testing
import data.rules.orchestration.change_window

_ids := testing.ids(change_window.unmet)

_waiting := object.union(testing.executing, {"resource": {"severity": "P3"}})

_refused := {"orchestration.change_window"}

_at(weekday, minute) := {"facts": {"calendar": {"weekday": weekday, "minuteOfDay": minute}}}

test_outside_the_window_it_waits_and_says_until_when if {
	every moment in [_at(1, 479), _at(5, 1080), _at(6, 600), _at(7, 600)] {
		_ids == _refused with input as object.union(_waiting, moment)
	}
	days := "Monday, Tuesday, Wednesday, Thursday, Friday"
	why := {$"it is Saturday 09:05 in Europe/Berlin, changes are made {days} from 08:00 to 18:00"}
	testing.explanations(change_window.unmet) == why with input as object.union(_waiting, _at(6, 545))
}

test_the_days_of_the_window_are_told_where_there_are_any if {
	one := {"it is Saturday 09:05 in Europe/Berlin, changes are made Monday from 08:00 to 18:00"}
	testing.explanations(change_window.unmet) == one with input as object.union(_waiting, _at(6, 545))
		with input.facts.calendar.window.days as [1]
	none := {"what the tenant's calendar says is not known"}
	testing.explanations(change_window.unmet) == none with input as object.union(_waiting, _at(6, 545))
		with input.facts.calendar.window.days as []
}

test_on_a_holiday_it_waits_with_a_window_and_without if {
	why := {"it is Monday 16:13 in Europe/Berlin, the holiday Christmas"}
	every window in [testing.executing.facts.calendar.window, null] {
		testing.explanations(change_window.unmet) == why with input as _waiting
			with input.facts.calendar.holiday as "Christmas"
			with input.facts.calendar.window as window
	}
}

test_an_unknown_calendar_is_no_permission if {
	why := {"what the tenant's calendar says is not known"}
	every path in ["facts", "facts/calendar", "facts/calendar/holiday", "facts/calendar/window"] {
		testing.explanations(change_window.unmet) == why with input as json.remove(_waiting, [path])
	}
	every path in ["weekday", "minuteOfDay", "window/days", "window/from", "window/until"] {
		testing.explanations(change_window.unmet) == why with input as json.remove(_waiting, [$"facts/calendar/{path}"])
	}
}

test_what_nobody_has_graded_waits_too if {
	every severity in array.concat(testing.garbage, ["P2", "P4", "P5", "p0", ["P0"]]) {
		_ids == _refused with input as object.union(_waiting, _at(7, 600)) with input.resource.severity as severity
	}
	_ids == _refused with input as json.remove(object.union(_waiting, _at(7, 600)), ["resource/severity"])
}

test_inside_the_window_one_executes if {
	every moment in [_at(1, 480), _at(5, 1079), _at(3, 720)] {
		_ids == set() with input as object.union(_waiting, moment)
	}
}

test_without_a_window_any_time_is_right if {
	every weekday in [1, 6, 7] {
		_ids == set() with input as object.union(_waiting, _at(weekday, 0)) with input.facts.calendar.window as null
	}
}

test_what_is_grave_does_not_wait if {
	every severity in ["P0", "P1"] {
		_ids == set() with input as object.union(_waiting, _at(7, 600))
			with input.resource.severity as severity
			with input.facts.calendar.holiday as "Christmas"
		_ids == set() with input as json.remove(_waiting, ["facts"]) with input.resource.severity as severity
	}
}

test_break_glass_does_not_wait if {
	broken := object.union(_waiting, {"facts": testing.breaking.facts})
	_ids == set() with input as object.union(broken, _at(7, 600))
	_ids == _refused with input as object.union(broken, _at(7, 600)) with input.facts.breakGlass.active as false
}

test_other_actions_do_not_wait if {
	every other in [testing.approving, testing.proposing] {
		_ids == set() with input as object.union(other, _at(7, 600)) with input.resource.severity as "P3"
	}
}
