package lib.text_test

import data.lib.text

test_blanks_do_not_count_wherever_they_stand if {
	texts := {"": 0, " ": 0, "ab": 2, " a b ": 2, "a\tb\nc\r\nd": 4, "é x": 2, "\u00a0ab\u2003": 2}
	every written, number in texts {
		text.characters(written) == number
	}
}

test_what_is_no_text_has_no_characters if {
	every value in [null, 5, [], ["a"], {}, {"a": "b"}, true] {
		not text.characters(value)
	}
}
