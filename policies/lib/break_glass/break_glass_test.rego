package lib.break_glass_test

import data.lib.break_glass
import data.lib.testing_test as testing

test_none_is_in_force_unless_it_is_known_to_be_active if {
	break_glass.in_force == false with input as testing.executing
	every value in array.concat(testing.garbage, [1, "true", false]) {
		break_glass.in_force == false with input as testing.breaking with input.facts.breakGlass.active as value
	}
	every path in ["active", "secondsLeft", "declaredBy"] {
		unsaid := json.remove(testing.breaking, [$"facts/breakGlass/{path}"])
		break_glass.in_force == false with input as unsaid
	}
}

test_none_is_in_force_that_has_no_time_left if {
	every value in [0, -1, null, "", "x", [], {}, true] {
		break_glass.in_force == false with input as testing.breaking with input.facts.breakGlass.secondsLeft as value
	}
}

test_somebody_elses_is_not_in_force if {
	break_glass.in_force == false with input as testing.breaking with input.actor.id as "user:rick"
	every value in [null, 5, ["user:rita"]] {
		break_glass.in_force == false with input as testing.breaking
			with input.facts.breakGlass.declaredBy as value
			with input.actor.id as value
	}
}

test_it_carries_no_other_action if {
	every action in [
		"breakglass.declare",
		"breakglass.review",
		"flag.set",
		"orchestration.dry_run",
		"orchestration.propose",
		"orchestration.reject",
	] {
		break_glass.in_force == false with input as testing.breaking with input.action as action
	}
}

test_it_carries_the_declarers_approval_and_execution_to_its_last_second if {
	every action in ["orchestration.approve", "orchestration.execute"] {
		break_glass.in_force == true with input as testing.breaking
			with input.action as action
			with input.facts.breakGlass.secondsLeft as 1
	}
}
