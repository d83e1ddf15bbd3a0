package rules.evidence.verified_test

import data.lib.testing_test as testing
import data.rules.evidence.verified

_why := testing.explanations(verified.unmet)

_both := [testing.promoting, testing.publishing_evidence]

test_failed_checks_are_told if {
	every bundle in _both {
		why := {"the bundle does not verify: artifact.digest, manifest.signature"}
		_why == why with input as object.union(bundle, {"facts": {"evidence": {
			"verified": false,
			"failed": ["artifact.digest", "manifest.signature"],
		}}})
		_why == why with input as bundle with input.facts.evidence.failed as ["artifact.digest", "manifest.signature"]
	}
}

test_what_is_not_known_to_verify_does_not if {
	why := {"whether the bundle verifies is not known"}
	every bundle in _both {
		every value in array.concat(testing.garbage, [false, 1, "true"]) {
			_why == why with input as bundle with input.facts.evidence.verified as value
		}
		every value in [null, false, "", {}, [5], [null]] {
			_why == why with input as bundle with input.facts.evidence.failed as value
		}
		every path in ["facts", "facts/evidence", "facts/evidence/verified", "facts/evidence/failed"] {
			_why == why with input as json.remove(bundle, [path])
		}
	}
}

test_of_what_is_not_published_another_rule_speaks if {
	_why == set() with input as json.remove(
		object.union(testing.promoting, {"facts": {"evidence": {"published": false}}}),
		["facts/evidence/verified"],
	)
}

test_to_publish_it_must_verify_whatever_else_is_said if {
	count(_why) == 1 with input as object.union(testing.publishing_evidence, {"facts": {"evidence": {
		"published": false,
		"verified": false,
	}}})
}

test_what_verifies_is_fine if {
	every bundle in _both {
		_why == set() with input as bundle
	}
}

test_other_actions_go_on if {
	every other in [testing.waiving, testing.registering, testing.expiring] {
		_why == set() with input as other
	}
}
