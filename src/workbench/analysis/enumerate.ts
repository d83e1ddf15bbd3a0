import type { PolicyRule, Verdict } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { place } from './place.ts';
import { codes, judge, type Policy, requirementsIn, unmetIn } from './policy.ts';
import { combinations, type Digits, inputOf, rulesFor, type Space, sizeOf } from './space.ts';
import { essential, type Table, tableOf } from './table.ts';

/** More combinations than this of what one rule reads, or of one component, are refused instead of waited for. */
export const largest = 500_000;

/** A policy's rules on one action, each as a table; gates stand as they did when the tables were made. */
export type Tables = {
  readonly policy: Policy;
  readonly requirements: readonly PolicyRule[];
  /** One a requirement, in the same order: 0 met, 1 unmet, 2 unmet but curable. */
  readonly unmet: readonly Table[];
  /** Index into `grantIds`: 0 is no grant, 1 is some grant, the others are grants by name (see grants.ts). */
  readonly grant: Table;
  readonly grantIds: readonly string[];
  /** How many inputs the engine was asked. */
  readonly evaluations: number;
};

type Group = { readonly axes: readonly number[]; readonly rules: readonly PolicyRule[] };

/**
 * Asks the engine for every combination of what each rule can read. A rule is a pure function of that, so its table is the
 * whole of it.
 *
 * @throws ToolError `analysis.too_large`, or `analysis.unsound` when a rule changes with what it does not read
 */
export function enumerate(policy: Policy, space: Space, start: Digits): Tables {
  const rules = rulesFor(space.action, policy.engine.manifest.rules);
  const requirements = requirementsIn(rules);
  const grants = rules.filter(({ kind }) => kind === 'grant').map(({ id }) => id);
  const grantIds = ['', grants.join('|'), ...grants];
  const axesOf = readers(space, rules);
  const atBaseline = unmetIn(judge(policy, inputOf(space, start)));
  // What speaks on other actions only is met here; it stays among what must not change.
  const silent = ({ actions }: PolicyRule) => actions !== undefined && !actions.includes(space.action);
  const tables = new Map<string, Table>();
  let evaluations = 1;
  const all = groups(
    requirements.filter((rule) => !silent(rule)),
    axesOf,
  );
  for (const group of all) assertSmall(group, space);
  for (const group of all) {
    const steady = requirements.filter((rule) => silent(rule) || axesOf(rule).every((axis) => !group.axes.includes(axis)));
    const filled = fill({ policy, space, start, group }, (verdict) => assertSteady(verdict, steady, atBaseline, group, space));
    for (const [name, table] of filled) tables.set(name, essential(table, space));
    evaluations += sizeOf(space, group.axes);
  }
  const unmet = requirements.map(({ id }) => tables.get(id) ?? tableOf([], Uint8Array.of(codes.met)));
  return { policy, requirements, unmet, grant: tables.get('') ?? tableOf([], Uint8Array.of(0)), grantIds, evaluations };
}

/** The axes that each rule can read, gates aside. What `main` says depends on every grant as well. */
function readers({ axes, gates }: Space, rules: readonly PolicyRule[]): (rule: PolicyRule) => readonly number[] {
  const ofGrants = rules.filter(({ kind }) => kind === 'grant').flatMap(({ reads }) => reads);
  const sees = (path: string, read: string) => read === '' || `${path}.`.startsWith(`${read}.`) || `${read}.`.startsWith(`${path}.`);
  return ({ package: name, reads }) => {
    const all = name.startsWith('rules.') ? reads : [...reads, ...ofGrants];
    return axes.flatMap(({ path }, number) => (!gates.includes(number) && all.some((read) => sees(path, read)) ? [number] : []));
  };
}

/** Rules that read the same are enumerated together. */
function groups(requirements: readonly PolicyRule[], axesOf: (rule: PolicyRule) => readonly number[]): Group[] {
  return [...Map.groupBy(requirements, (rule) => axesOf(rule).join()).values()].flatMap((rules) => {
    const [first] = rules;
    return first === undefined ? [] : [{ axes: axesOf(first), rules }];
  });
}

type Filling = { readonly policy: Policy; readonly space: Space; readonly start: Digits; readonly group: Group };

/** The tables of a group's rules; the one of the grants, under the empty name, where `main` speaks for itself. */
function fill({ policy, space, start, group }: Filling, check: (verdict: Verdict) => void): Map<string, Table> {
  const size = sizeOf(space, group.axes);
  const names = [...group.rules.map(({ id }) => id), ...(group.rules.some(isOfMain) ? [''] : [])];
  const filled = new Map(names.map((name) => [name, tableOf(group.axes, new Uint8Array(size))]));
  const input = inputOf(space, start);
  let index = 0;
  for (const digits of combinations(space, group.axes, start)) {
    for (const number of group.axes) {
      const axis = space.axes[number];
      if (axis !== undefined) place(input, axis.path, axis.choices[digits[number] ?? 0]?.json);
    }
    const verdict = judge(policy, input);
    check(verdict);
    const unmet = unmetIn(verdict);
    for (const [name, { codes: column }] of filled) column[index] = name === '' ? grantIn(unmet) : (unmet.get(name) ?? codes.met);
    index += 1;
  }
  return filled;
}

/** Only `main` says that there is no grant; which one there is shows in an allowed input alone. */
function grantIn(unmet: ReadonlyMap<string, number>): number {
  return unmet.has('default.no_grant') ? 0 : 1;
}

function isOfMain({ package: name }: PolicyRule): boolean {
  return !name.startsWith('rules.');
}

function assertSmall({ axes, rules }: Group, space: Space): void {
  const size = sizeOf(space, axes);
  if (size <= largest) return;
  const names = rules.map(({ id }) => `\`${id}\``).join(', ');
  const what = axes.map((number) => `${space.axes[number]?.path} (${space.axes[number]?.choices.length})`).join(', ');
  throw new ToolError(
    'analysis.too_large',
    `${names} read${rules.length === 1 ? 's' : ''} ${size} combinations on \`${space.action}\`: ${what}`,
    {
      remedy: `split the rule, or declare fewer values; ${largest} is the most`,
    },
  );
}

function assertSteady(
  verdict: Verdict,
  steady: readonly PolicyRule[],
  atBaseline: ReadonlyMap<string, number>,
  group: Group,
  space: Space,
): void {
  const unmet = unmetIn(verdict);
  const changed = steady.find(({ id }) => unmet.get(id) !== atBaseline.get(id));
  if (changed === undefined) return;
  const paths = group.axes.map((number) => space.axes[number]?.path).join(', ');
  throw new ToolError('analysis.unsound', `\`${changed.id}\` changes with ${paths}, which it does not read by its manifest`, {
    remedy: 'compile the policy again; if it lasts, this is a fault of the analysis',
  });
}
