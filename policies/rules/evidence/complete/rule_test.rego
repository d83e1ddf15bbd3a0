package rules.evidence.complete_test

import data.lib.testing_test as testing
import data.rules.evidence.complete

_why := testing.explanations(complete.unmet)

_unknown := {"whether the evidence is complete is not known"}

_junit := {"id": "junit", "outcome": "stale", "detail": "made 10 days before", "obtain": "run `npm test`"}

_chaos := {"id": "chaos", "outcome": "missing", "detail": "there is none", "obtain": "run the chaos suite"}

_lacking(missing) := object.union(testing.promoting, {"facts": {"evidence": {
	"verdict": "FAILED",
	"missing": missing,
}}})

test_each_missing_item_is_told_with_how_to_get_it if {
	expected := {
		{
			"ruleId": "evidence.complete",
			"precedence": 230,
			"effect": "DENY",
			"explanation": "`junit` is stale: made 10 days before",
			"remedy": "run `npm test`; then add what was missing with `ig-evidence delta`, sign and publish that",
		},
		{
			"ruleId": "evidence.complete",
			"precedence": 230,
			"effect": "DENY",
			"explanation": "`chaos` is missing: there is none",
			"remedy": "run the chaos suite; then add what was missing with `ig-evidence delta`, sign and publish that",
		},
	}
	complete.unmet == expected with input as _lacking([_junit, _chaos])
}

test_a_missing_item_counts_whatever_the_verdict_says if {
	why := {"`junit` is stale: made 10 days before"}
	_why == why with input as _lacking([_junit]) with input.facts.evidence.verdict as "PASSED"
}

test_a_failed_verdict_without_a_reason_is_refused if _why == _unknown with input as _lacking([])

test_what_is_not_known_is_refused if {
	every path in ["facts", "facts/evidence", "facts/evidence/verdict", "facts/evidence/missing"] {
		_why == _unknown with input as json.remove(testing.promoting, [path])
	}
	every value in array.concat(testing.garbage, [true, "FAILED", "passed", ["PASSED"]]) {
		_why == _unknown with input as testing.promoting with input.facts.evidence.verdict as value
	}
	every value in [null, false, 0, "", {}, ["junit"], [{}], [object.union(_junit, {"id": 5})]] {
		_why == _unknown with input as testing.promoting with input.facts.evidence.missing as value
	}
	every member, _ in _junit {
		_why == _unknown with input as testing.promoting with input.facts.evidence.missing as [json.remove(_junit, [member])]
	}
}

test_it_says_what_helps_where_nothing_is_known if {
	remedies := {entry.remedy | some entry in complete.unmet} with input as _lacking([])
	every remedy in remedies {
		startswith(remedy, "see what its contract asks for; then add")
	}
	count(remedies) == 1
}

test_of_what_is_not_published_another_rule_speaks if {
	_why == set() with input as testing.promoting with input.facts.evidence as {"published": false}
}

test_complete_evidence_is_fine if _why == set() with input as testing.promoting

test_other_actions_go_on if {
	every other in [testing.publishing_evidence, testing.waiving, testing.registering] {
		_why == set() with input as other
	}
}
