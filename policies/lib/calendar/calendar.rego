# METADATA
# title: Calendar
# description: Days and minutes as people read them.
package lib.calendar

# METADATA
# description: Minutes since midnight as hours and minutes; 1440 is 24:00.
# scope: document
clock(minute) := concat(":", [_two_digits(floor(minute / 60)), _two_digits(minute % 60)])

# METADATA
# description: The name of a day of the week; 1 is Monday.
# scope: document
weekday(day) := _weekdays[day - 1]

_two_digits(n) := substring($"0{n}", count($"{n}") - 1, 2)

_weekdays := ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
