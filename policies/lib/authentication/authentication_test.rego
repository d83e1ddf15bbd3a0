package lib.authentication_test

import data.lib.authentication
import data.lib.testing_test as testing

# The moment of the base input is 1790000000.
_signed_in(age) := object.union(testing.executing, {"actor": {"authTime": 1790000000 - age}})

test_an_older_second_factor_is_stale if {
	every age in [901, 86400] {
		not authentication.second_factor_within(900) with input as _signed_in(age)
	}
}

test_one_of_the_future_is_none if {
	every age in [-1, -900] {
		not authentication.second_factor_within(900) with input as _signed_in(age)
	}
}

test_an_unknown_sign_in_is_none if {
	every value in [null, true, "1789999700", [1789999700], {}] {
		not authentication.second_factor_within(900) with input as testing.executing with input.actor.authTime as value
	}
	every path in ["actor", "actor/authTime", "actor/acr", "now", "now/epoch"] {
		not authentication.second_factor_within(900) with input as json.remove(testing.executing, [path])
	}
}

test_another_acr_is_no_second_factor if {
	mfa := "urn:countersign:acr:mfa"
	every acr in array.concat(testing.garbage, ["urn:countersign:acr:pwd", $"{mfa}2", upper(mfa), [mfa]]) {
		not authentication.second_factor_within(900) with input as testing.executing with input.actor.acr as acr
	}
}

test_up_to_the_bound_it_counts if {
	every age in [0, 1, 899, 900] {
		authentication.second_factor_within(900) with input as _signed_in(age)
	}
	authentication.second_factor_within(901) with input as _signed_in(901)
}

test_the_challenge_names_level_and_age if {
	authentication.challenge(60) == {"acrValues": "urn:countersign:acr:mfa", "maxAge": 60}
}
