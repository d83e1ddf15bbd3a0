package lib.calendar_test

import data.lib.calendar

test_minutes_read_as_a_clock if {
	clocks := {0: "00:00", 5: "00:05", 59: "00:59", 60: "01:00", 599: "09:59", 600: "10:00", 1439: "23:59", 1440: "24:00"}
	every minute, text in clocks {
		calendar.clock(minute) == text
	}
}

test_what_is_no_number_has_no_clock if {
	every value in [null, "", "x", [], {}, true] {
		not calendar.clock(value)
	}
}

test_days_have_names if {
	[calendar.weekday(day) | some day in numbers.range(1, 7)] == [
		"Monday",
		"Tuesday",
		"Wednesday",
		"Thursday",
		"Friday",
		"Saturday",
		"Sunday",
	]
}

test_what_is_no_day_has_no_name if {
	every value in [0, 8, 1.5, null, "x", [], {}, true] {
		not calendar.weekday(value)
	}
}
