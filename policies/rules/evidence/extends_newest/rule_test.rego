package rules.evidence.extends_newest_test

import data.lib.testing_test as testing
import data.rules.evidence.extends_newest

_why := testing.explanations(extends_newest.unmet)

_upon(parent, newest) := object.union(testing.publishing_evidence, {"facts": {"evidence": {
	"parent": parent,
	"newest": newest,
}}})

test_a_delta_of_an_older_bundle_is_refused if {
	why := {"it is a delta of `sha256:one`, the newest of its release is `sha256:three`"}
	_why == why with input as _upon("sha256:one", "sha256:three")
}

test_a_delta_of_nothing_is_refused if {
	_why == {"it is a delta of `sha256:one`, and its release has no bundle"} with input as _upon("sha256:one", null)
}

test_a_second_beginning_is_refused if {
	_why == {"it is no delta, and its release has the bundle `sha256:one`"} with input as _upon(null, "sha256:one")
}

test_what_is_not_known_is_refused if {
	why := {"which bundle it goes on from, or which is the newest of its release, is not known"}
	every path in ["facts", "facts/evidence", "facts/evidence/parent", "facts/evidence/newest"] {
		_why == why with input as json.remove(testing.publishing_evidence, [path])
	}
	every value in [false, 5, [], {}, ["sha256:one"]] {
		_why == why with input as _upon(value, value)
		_why == why with input as _upon(value, "sha256:one")
		_why == why with input as _upon(null, value)
		_why == why with input as _upon(value, null)
		_why == why with input as object.union(_upon("sha256:one", value), {"resource": {"id": value}})
	}
}

test_a_delta_of_the_newest_is_fine if _why == set() with input as testing.publishing_evidence

test_a_first_bundle_is_fine if _why == set() with input as _upon(null, null)

test_the_newest_once_more_is_fine if {
	every parent in [null, "sha256:one"] {
		_why == set() with input as _upon(parent, "sha256:two")
	}
}

test_other_actions_go_on if {
	every other in [testing.promoting, testing.waiving, testing.registering] {
		_why == set() with input as other
	}
}
