package lib.result_test

import data.lib.result

_rule := {"title": "A rule", "custom": {"id": "a.rule", "precedence": 7, "remedy": "mend it", "reference": "none"}}

test_a_grant_has_id_precedence_and_explanation if {
	result.grant(_rule, "because") == {"ruleId": "a.rule", "precedence": 7, "explanation": "because"}
}

test_an_unmet_requirement_denies_and_says_what_helps if {
	result.unmet(_rule, "because") == {
		"ruleId": "a.rule",
		"precedence": 7,
		"effect": "DENY",
		"explanation": "because",
		"remedy": "mend it",
	}
}

test_what_helps_first_is_told_before_the_rules_own_remedy if {
	expected := object.union(result.unmet(_rule, "because"), {"remedy": "do this; then mend it"})
	result.unmet_after(_rule, "because", "do this") == expected
	not result.unmet_after(json.remove(_rule, ["custom/remedy"]), "because", "do this")
}

test_a_curable_one_asks_for_a_step_up_with_its_challenge if {
	result.curable(_rule, "because", {"maxAge": 1}) == {
		"ruleId": "a.rule",
		"precedence": 7,
		"effect": "STEP_UP",
		"explanation": "because",
		"remedy": "mend it",
		"challenge": {"maxAge": 1},
	}
}

test_a_rule_without_id_or_remedy_gives_no_result if {
	not result.unmet(json.remove(_rule, ["custom/id"]), "because")
	not result.unmet(json.remove(_rule, ["custom/remedy"]), "because")
	not result.grant(json.remove(_rule, ["custom/precedence"]), "because")
}
