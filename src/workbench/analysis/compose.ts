import { ToolError } from '../errors.ts';
import type { Constraint } from './constraints.ts';
import { eliminate } from './eliminate.ts';
import type { Tables } from './enumerate.ts';
import { axisFactor, constraintFactor, type Detail, type Factor, type Frame, tableFactors } from './factors.ts';
import type { Digits, Space } from './space.ts';
import { joined, most, nothingYet, type Part, remoteness, type State, unitFor } from './states.ts';

export type Answer = { readonly result: 'ALLOW' | 'DENY' | 'STEP_UP'; readonly ruleId: string };

/** What a policy answers in a state: how `main` puts grants and requirements together. */
export function answerOf({ requirements, grantIds }: Tables, { first, denied, grant }: Part): Answer {
  const rule = requirements[first];
  if (rule === undefined) return { result: 'ALLOW', ruleId: grantIds[grant] ?? '' };
  return { result: denied ? 'DENY' : 'STEP_UP', ruleId: rule.id };
}

/** The policies that are looked at together, on one action with its gates as in `start`. */
export type View = {
  readonly space: Space;
  readonly sides: readonly Tables[];
  readonly start: Digits;
  /** Axes that are counted, gates not among them. */
  readonly axes: readonly number[];
  /** The axis whose choices are kept apart, or -1. */
  readonly marked: number;
  /** What was gone through before. */
  readonly seen: Map<string, Factor>;
};

/**
 * Every input of the space under some conditions, put together from what each rule says: few states, exact counts. With `result`
 * as detail states tell the answer and not by which rule or grant.
 */
export function compose(view: View, constraints: readonly Constraint[] = [], detail: Detail = 'rule'): readonly State[] {
  const { space, start, sides } = view;
  assertCountable(view);
  const gates = new Set(space.gates);
  const local = constraints.filter(({ axes }) => axes.some((axis) => !gates.has(axis)));
  if (!constraints.every((each) => local.includes(each) || each.accepts(start))) return [];
  const axes = [...new Set([...view.axes, ...local.flatMap((each) => each.axes)])].filter((axis) => !gates.has(axis));
  const frame: Frame = { ...view, detail, unit: unitFor(sides.length) };
  const factors = [
    ...tableFactors(frame),
    ...axes.map((axis) => axisFactor(frame, axis)),
    ...local.map((each) => constraintFactor(frame, each)),
  ];
  return joined(gatesOf(view), eliminate(frame, axes, factors), frame.unit);
}

/** Gates that are not as in the baseline are changes too. */
function gatesOf({ space, start, sides }: View): State[] {
  const changes = space.gates.flatMap((gate) => {
    const digit = start[gate] ?? 0;
    return digit === space.axes[gate]?.baseline ? [] : [[gate, digit] as const];
  });
  return [{ parts: sides.map(() => nothingYet), mark: -1, count: 1n, changes, distance: remoteness(changes) }];
}

function assertCountable({ space, sides }: View): void {
  if (sides.every(({ requirements, grantIds }) => requirements.length <= most.requirements && grantIds.length <= most.grants)) return;
  throw new ToolError(
    'analysis.too_large',
    `\`${space.action}\` has more than ${most.requirements} requirements or ${most.grants} grants`,
    {
      remedy: 'split the domain',
    },
  );
}
