import type { Constraint } from './constraints.ts';
import type { Tables } from './enumerate.ts';
import { codes } from './policy.ts';
import { baselineDigits, combinations, type Digits, type Space, sizeOf } from './space.ts';
import { nothingYet, type Part, remoteness, type State } from './states.ts';
import type { Table } from './table.ts';

/** What some axes contribute: for each combination of them, the last turning fastest, the states of what was looked at. */
export type Factor = {
  /** The same in one view for factors that say the same. */
  readonly id: string;
  readonly axes: readonly number[];
  readonly cells: readonly (readonly State[])[];
  /** The rules whose tables are in it. */
  readonly rules: readonly string[];
};

export type Detail = 'result' | 'rule';

/** Where factors are made: a space, the policies beside each other, and the gates as they stand. */
export type Frame = {
  readonly space: Space;
  readonly sides: readonly Tables[];
  readonly start: Digits;
  /** The axis whose choices are kept apart, or -1. */
  readonly marked: number;
  /** Whether states tell which rule determines an answer, or the answer alone: then there are far fewer. */
  readonly detail: Detail;
  /** Factors that were made before, by id. */
  readonly seen: Map<string, Factor>;
  /** The cell that says nothing. */
  readonly unit: readonly State[];
};

/** The factor of that id: from before, or made now. */
export function remembered({ seen }: Pick<Frame, 'seen'>, id: string, make: () => Omit<Factor, 'id'>): Factor {
  const before = seen.get(id);
  if (before !== undefined) return before;
  const made = { id, ...make() };
  seen.set(id, made);
  return made;
}

/** What each rule and the grants of each policy say. */
export function tableFactors(frame: Frame): Factor[] {
  const byRule = frame.detail === 'rule';
  return frame.sides.flatMap(({ requirements, unmet, grant }, side) => {
    const ofRules = unmet.map((table, index) => {
      const first = byRule ? index : 0;
      const part = (code: number): Part => (code === codes.met ? nothingYet : { first, denied: code === codes.deny, grant: -1 });
      return tableFactor(frame, side, `u${first}`, table, requirements[index]?.id ?? '', part);
    });
    // That there is no grant is a requirement of `main`; which one there is matters to who asks for rules.
    if (!byRule) return ofRules;
    return [...ofRules, tableFactor(frame, side, 'g', grant, 'the grants', (code) => ({ first: -1, denied: false, grant: code }))];
  });
}

function tableFactor(frame: Frame, side: number, name: string, table: Table, rule: string, partOf: (code: number) => Part): Factor {
  return remembered(frame, `t${frame.sides.length}${frame.detail}:${side}:${name}:${table.id}`, () => {
    const cells = new Map<number, readonly State[]>();
    for (const code of new Set(table.codes)) {
      const part = partOf(code);
      const parts = frame.sides.map((_, other) => (other === side ? part : nothingYet));
      cells.set(code, part === nothingYet ? frame.unit : [{ parts, mark: -1, count: 1n, changes: [], distance: 0 }]);
    }
    return { axes: table.axes, cells: Array.from(table.codes, (code) => cells.get(code) ?? []), rules: [rule] };
  });
}

/** Each choice of an axis counts once; those that are not the baseline's are changes. */
export function axisFactor(frame: Frame, axis: number): Factor {
  const { space, marked, sides, unit } = frame;
  return remembered(frame, `a${sides.length}:${marked}:${axis}`, () => {
    const own = baselineDigits(space)[axis];
    const cells = Array.from({ length: sizeOf(space, [axis]) }, (_, digit): readonly State[] => {
      if (digit === own && axis !== marked) return unit;
      const mark = axis === marked ? digit : -1;
      const changes = digit === own ? [] : [[axis, digit] as const];
      return [{ parts: sides.map(() => nothingYet), mark, count: 1n, changes, distance: remoteness(changes) }];
    });
    return { axes: [axis], cells, rules: [] };
  });
}

/** A condition lets pass or not; gates stand as they do. */
export function constraintFactor(frame: Frame, { axes: named, accepts }: Constraint): Factor {
  const { space, start, sides, unit } = frame;
  const axes = [...new Set(named)].filter((axis) => !space.gates.includes(axis));
  const accepted: boolean[] = [];
  for (const digits of combinations(space, axes, start)) accepted.push(accepts(digits));
  const bits = accepted.map((each) => (each ? '1' : '0')).join('');
  return remembered(frame, `c${sides.length}:${axes.join()}:${bits}`, () => ({
    axes,
    cells: accepted.map((each) => (each ? unit : [])),
    rules: [],
  }));
}
