package rules.evidence.four_eyes_test

import data.lib.testing_test as testing
import data.rules.evidence.four_eyes

_why := testing.explanations(four_eyes.unmet)

_unknown := {"who registered and who waived evidence of this release is not known"}

test_who_registered_does_not_waive if {
	why := {"`user:olga` registered evidence of this release and cannot waive any"}
	every people in [["user:olga"], ["bob", "user:olga"]] {
		_why == why with input as testing.waiving with input.facts.evidence.registeredBy as people
	}
}

test_who_waived_does_not_register if {
	why := {"`bob` waived evidence of this release and cannot register any"}
	every people in [["bob"], ["user:olga", "bob"]] {
		_why == why with input as testing.registering with input.facts.evidence.waivedBy as people
	}
}

test_people_who_are_not_known_might_be_the_caller if {
	every path in ["facts", "facts/evidence", "facts/evidence/registeredBy"] {
		_why == _unknown with input as json.remove(testing.waiving, [path])
	}
	every path in ["facts", "facts/evidence", "facts/evidence/waivedBy"] {
		_why == _unknown with input as json.remove(testing.registering, [path])
	}
	every value in [null, true, 5, "bob", {}, {"x": "bob"}] {
		_why == _unknown with input as testing.waiving with input.facts.evidence.registeredBy as value
		_why == _unknown with input as testing.registering with input.facts.evidence.waivedBy as value
	}
	every value in [null, 5, ["user:olga"], {}] {
		_why == _unknown with input as testing.waiving with input.actor.id as value
		nobody := object.union(testing.waiving, {"actor": {"id": value}, "facts": {"evidence": {"registeredBy": [value]}}})
		_why == _unknown with input as nobody
	}
}

test_each_asks_for_its_own if {
	_why == _unknown with input as object.union(testing.registering, {"action": "evidence.waive"})
	_why == _unknown with input as object.union(testing.waiving, {"action": "evidence.built"})
}

test_other_people_are_fine if {
	every people in [[], ["bob"], ["bob", "user:pat"]] {
		_why == set() with input as testing.waiving with input.facts.evidence.registeredBy as people
	}
	every people in [[], ["user:olga"]] {
		_why == set() with input as testing.registering with input.facts.evidence.waivedBy as people
	}
}

test_other_actions_go_on if {
	every other in [testing.promoting, testing.publishing_evidence, testing.expiring] {
		_why == set() with input as other
	}
}
