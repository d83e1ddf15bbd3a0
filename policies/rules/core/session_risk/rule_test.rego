package rules.core.session_risk_test

import data.lib.testing_test as testing
import data.rules.core.session_risk

_ids := testing.ids(session_risk.unmet)

_sensitive := [
	testing.approving,
	testing.archiving,
	testing.declaring,
	testing.erasing,
	testing.executing,
	testing.flagging,
	testing.reviewing,
]

test_sensitive_actions_are_refused_at_80_and_above if {
	every sensitive in _sensitive {
		every risk in [80, 81, 100] {
			_ids == {"core.session_risk"} with input as sensitive with input.context.sessionRisk as risk
		}
	}
	why := {"session risk is 80, `orchestration.execute` needs it below 80"}
	testing.explanations(session_risk.unmet) == why with input as testing.executing with input.context.sessionRisk as 80
}

test_an_unknown_risk_is_the_highest_and_said_to_be_unknown if {
	why := {"the session's risk is not known"}
	every value in [null, "", "5", [], [5], {}, true] {
		testing.explanations(session_risk.unmet) == why with input as testing.executing
			with input.context.sessionRisk as value
	}
	every path in ["context", "context/sessionRisk"] {
		testing.explanations(session_risk.unmet) == why with input as json.remove(testing.executing, [path])
	}
}

test_a_risk_below_nothing_is_none if {
	_ids == {"core.session_risk"} with input as testing.executing with input.context.sessionRisk as -1
}

test_below_80_is_bearable if {
	every sensitive in _sensitive {
		every risk in [0, 50, 79] {
			_ids == set() with input as sensitive with input.context.sessionRisk as risk
		}
	}
}

test_other_actions_bear_any_risk if {
	every other in [testing.proposing, testing.resolving, testing.reading, testing.receiving] {
		_ids == set() with input as other with input.context.sessionRisk as 100
	}
}
