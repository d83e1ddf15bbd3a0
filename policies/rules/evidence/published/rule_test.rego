package rules.evidence.published_test

import data.lib.testing_test as testing
import data.rules.evidence.published

_why := testing.explanations(published.unmet)

test_a_release_without_a_bundle_is_refused if {
	why := {"no evidence of `v1.2.3` is published"}
	every value in array.concat(testing.garbage, [false, 1, "true"]) {
		_why == why with input as testing.promoting with input.facts.evidence.published as value
	}
	every path in ["facts", "facts/evidence", "facts/evidence/published"] {
		_why == why with input as json.remove(testing.promoting, [path])
	}
}

test_one_that_has_no_name_is_refused_as_well if {
	why := {"no evidence of this release is published"}
	_why == why with input as json.remove(testing.promoting, ["facts", "resource/id"])
	_why == why with input as json.remove(testing.promoting, ["facts"]) with input.resource.id as 5
}

test_a_release_with_a_bundle_is_fine if _why == set() with input as testing.promoting

test_other_actions_go_on if {
	every other in [testing.publishing_evidence, testing.waiving, testing.registering] {
		_why == set() with input as other
	}
}
