import type { RuleName } from './names.ts';

/** What the METADATA of a new rule says until its author names the seed or the control that asks for it; `policy:lint` refuses it. */
export const referenceToBeNamed = 'to be named';

/** Who a new grant lets act until its author names somebody. */
export const nobodyYet = 'nobody-yet';

export type Draft = RuleName & {
  readonly precedence: number;
  /** The action that the new rule is about until its author names others. */
  readonly action: string;
};

/** As a person would write the name: `change_freeze` is `Change freeze`. */
export function titleOf(rule: string): string {
  const words = rule.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function head({ domain, rule, precedence }: Draft, description: string, remedy: string): string {
  return `# METADATA
# title: ${titleOf(rule)}
# description: ${description}
package rules.${domain}.${rule}

import data.lib.result

# METADATA
# title: ${titleOf(rule)}
# description: ${description}
# custom:
#   id: ${domain}.${rule}
#   precedence: ${precedence}
#   remedy: ${remedy}
#   reference: ${referenceToBeNamed}
`;
}

/** A requirement that asks for a trusted device, for an action that does not exist. */
export function requirementRule(draft: Draft): string {
  return `${head(draft, 'Say in one sentence what must hold.', 'say in one sentence what the caller can do about it')}unmet contains result.unmet(rego.metadata.rule(), "say which value did not hold") if {
	input.action in _concerned
	not _holds
}

# The actions that this is about.
_concerned := {"${draft.action}"}

default _holds := false

# What must hold; a fact that is missing leaves it false.
_holds if input.context.deviceTrust == "high"
`;
}

export function requirementTest({ domain, rule, action }: Draft): string {
  const id = `${domain}.${rule}`;
  return `package rules.${domain}.${rule}_test

import data.lib.testing_test as testing
import data.rules.${domain}.${rule}

_ids := testing.ids(${rule}.unmet)

_given(trust) := object.union(testing.executing, {"action": "${action}", "context": {"deviceTrust": trust}})

test_what_does_not_hold_is_refused if {
	every trust in array.concat(testing.garbage, ["low", "medium", "HIGH", ["high"]]) {
		_ids == {"${id}"} with input as _given(trust)
	}
}

test_what_is_missing_does_not_hold if {
	every path in ["context", "context/deviceTrust"] {
		_ids == {"${id}"} with input as json.remove(_given("high"), [path])
	}
}

test_it_says_which_value_did_not_hold if {
	testing.explanations(${rule}.unmet) == {"say which value did not hold"} with input as _given("low")
}

test_what_holds_is_fine if _ids == set() with input as _given("high")

test_other_actions_go_on if {
	every action in ["", "${domain}.another", null] {
		_ids == set() with input as _given("low") with input.action as action
	}
}
`;
}

/** A grant to a role that nobody has. */
export function grantRule(draft: Draft): string {
  const description = 'Say in one sentence who may do what.';
  return `${head(draft, description, 'none is needed, this rule grants')}grant contains result.grant(rego.metadata.rule(), $"role \`{role}\` may \`{input.action}\`") if {
	some role in input.actor.roles
	role in _roles[input.action]
}

# METADATA
# description: The actions that this grant names.
# scope: document
actions := object.keys(_roles)

_roles := {"${draft.action}": {"${nobodyYet}"}}
`;
}

export function grantTest({ domain, rule, action }: Draft): string {
  return `package rules.${domain}.${rule}_test

import data.lib.testing_test as testing
import data.rules.${domain}.${rule}

# Written out a second time on purpose: who may do what changes here and in the rule, or not at all.
_granted := {"${action}": {"${nobodyYet}"}}

_ids := testing.ids(${rule}.grant)

_acting(action, roles) := object.union(testing.executing, {"action": action, "actor": {"roles": roles}})

test_every_listed_role_grants_and_is_named if {
	every action, roles in _granted {
		every role in roles {
			why := {$"role \`{role}\` may \`{action}\`"}
			testing.explanations(${rule}.grant) == why with input as _acting(action, ["another", role])
			_ids == {"${domain}.${rule}"} with input as _acting(action, [role])
		}
	}
}

test_other_roles_grant_nothing if {
	every action, _ in _granted {
		every role in array.concat(testing.garbage, ["${nobodyYet.toUpperCase()}", "${nobodyYet} ", "*", "__proto__"]) {
			_ids == set() with input as _acting(action, [role])
		}
		_ids == set() with input as json.remove(_acting(action, []), ["actor/roles"])
	}
}

test_other_actions_are_not_granted if {
	every action in ["", "${domain}", "${domain}.", "${action} ", "__proto__", null, 5] {
		every _, roles in _granted {
			_ids == set() with input as _acting(action, roles)
		}
	}
}

test_it_names_its_actions if ${rule}.actions == object.keys(_granted)
`;
}
