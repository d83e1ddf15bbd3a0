package rules.core.tenant_match_test

import data.lib.testing_test as testing
import data.rules.core.tenant_match

_ids := testing.ids(tenant_match.unmet)

test_another_tenants_resource_is_refused if {
	_ids == {"core.tenant_match"} with input as testing.executing with input.resource.tenant as "umbrella"
}

test_case_and_blanks_make_another_tenant if {
	every tenant in ["ACME", "acme ", " acme", "аcme"] {
		_ids == {"core.tenant_match"} with input as testing.executing with input.resource.tenant as tenant
	}
}

test_two_empty_tenants_do_not_match if {
	_ids == {"core.tenant_match"} with input as testing.executing
		with input.actor.tenant as ""
		with input.resource.tenant as ""
}

test_equal_values_that_are_no_strings_do_not_match if {
	every value in [null, 5, true, ["acme"], {"a": "acme"}] {
		_ids == {"core.tenant_match"} with input as testing.executing
			with input.actor.tenant as value
			with input.resource.tenant as value
	}
}

test_a_missing_tenant_does_not_match if {
	every path in ["actor/tenant", "resource/tenant", "actor", "resource"] {
		_ids == {"core.tenant_match"} with input as json.remove(testing.executing, [path])
	}
	_ids == {"core.tenant_match"} with input as {}
}

test_the_own_tenants_resource_is_fine if _ids == set() with input as testing.executing

test_it_says_why_and_what_helps if {
	expected := {{
		"ruleId": "core.tenant_match",
		"precedence": 10,
		"effect": "DENY",
		"explanation": "the resource is not of the actor's tenant",
		"remedy": "use a token of the tenant that the resource belongs to",
	}}
	tenant_match.unmet == expected with input as {}
}
