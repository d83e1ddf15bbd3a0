import { isJsonObject, type JsonObject } from '../../core/index.ts';
import { inputSchema, type PolicyRule } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { type Axis, axisOf } from './axis.ts';
import { place, varied } from './place.ts';
import type { SpaceFile } from './space-file.ts';

/** The inputs that one action can come with: every choice of every axis, around a baseline. */
export type Space = {
  readonly action: string;
  /** The baseline in words; null when space.yaml has none for this action. */
  readonly story: string | null;
  readonly baseline: JsonObject;
  readonly axes: readonly Axis[];
  /** Of these axes, by number, those that some rule or `main` can read: what is counted. The others only invariants speak of. */
  readonly read: readonly number[];
  /** Of these axes, by number, those that `main` looks at before it asks a rule. */
  readonly gates: readonly number[];
};

/** A choice for each axis, by their numbers. */
export type Digits = readonly number[];

/** The rules that can have a say in an action: of the core, of its domain, and `main`'s own. */
export function rulesFor(action: string, rules: readonly PolicyRule[]): PolicyRule[] {
  const domain = action.split('.')[0];
  return rules.filter(({ package: name }) => {
    const [top, part] = name.split('.');
    return top !== 'rules' || part === 'core' || part === domain;
  });
}

export type SpaceRequest = {
  readonly file: SpaceFile;
  readonly action: string;
  readonly rules: readonly PolicyRule[];
  readonly gates: readonly string[];
  /** Attributes that invariants speak of. */
  readonly mentioned?: readonly string[];
};

/**
 * The space of an action: the axes that its rules can read, and those that invariants mention.
 *
 * @throws ToolError `analysis.undeclared`, naming the rule, its file and the attribute
 */
export function spaceOf({ file, action, rules, gates, mentioned = [] }: SpaceRequest): Space {
  const known = file.actions[action];
  const baseline = varied(file.base, { ...known?.set, action }, known?.unset ?? []);
  const declared = Object.keys(file.attributes);
  const read = new Set(rules.flatMap((rule) => rule.reads.flatMap((path) => attributesOf(path, declared, told(rule)))));
  const gating = new Set(gates.flatMap((path) => attributesOf(path, declared, '`main`')));
  const paths = [...new Set([...read, ...gating, ...mentioned])].sort();
  const axes = paths.map((path) => axisOf(path, file.attributes[path] ?? undeclared(path, 'an invariant'), baseline));
  const numbers = axes.map((_, number) => number);
  return {
    action,
    story: known?.baseline ?? null,
    baseline,
    axes,
    read: numbers.filter((number) => read.has(paths[number] ?? '') || gating.has(paths[number] ?? '')),
    gates: numbers.filter((number) => gating.has(paths[number] ?? '')),
  };
}

function told({ id, file }: PolicyRule): string {
  return `rule \`${id}\` in \`${file}\``;
}

/** The declared attributes that reading a path can see: above it, itself, or below it; then all that the schema has below must be declared. */
function attributesOf(path: string, declared: readonly string[], reader: string): string[] {
  if (path === 'action') return [];
  const seen = declared.filter((attribute) => path === '' || isUnder(attribute, path) || isUnder(path, attribute));
  const missing = leaves(inputSchema(), '').find(
    (leaf) => leaf !== 'action' && (path === '' || isUnder(leaf, path)) && !seen.some((attribute) => isUnder(leaf, attribute)),
  );
  if (missing !== undefined) return undeclared(missing, reader);
  return seen.length === 0 ? undeclared(path, reader) : seen;
}

function isUnder(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`);
}

function undeclared(path: string, reader: string): never {
  throw new ToolError('analysis.undeclared', `${reader} reads \`input.${path}\`, which analysis/space.yaml does not declare`, {
    remedy: `declare the values of \`${path}\` that matter, with both sides of every boundary`,
  });
}

/** The dotted paths of a JSON Schema that have no properties of their own. */
function leaves(schema: unknown, path: string): string[] {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  if (!isJsonObject(properties)) return [path];
  return Object.entries(properties).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

/** How many inputs some axes make. */
export function sizeOf({ axes }: Space, numbers: readonly number[]): number {
  return numbers.reduce((size, number) => size * (axes[number]?.choices.length ?? 1), 1);
}

/** The digits of the baseline. */
export function baselineDigits({ axes }: Space): number[] {
  return axes.map(({ baseline }) => baseline);
}

/** The input that digits stand for. */
export function inputOf({ axes, baseline }: Space, digits: Digits): JsonObject {
  const input = structuredClone(baseline);
  axes.forEach(({ path, choices, baseline: own }, number) => {
    const digit = digits[number] ?? own;
    if (digit !== own) place(input, path, structuredClone(choices[digit]?.json));
  });
  return input;
}

/** Every combination of choices of some axes, the last one turning fastest; the others stay as in `start`. The array is reused. */
export function* combinations({ axes }: Space, numbers: readonly number[], start: Digits): Generator<number[]> {
  const digits = [...start];
  for (const number of numbers) digits[number] = 0;
  for (;;) {
    yield digits;
    let position = numbers.length - 1;
    for (; position >= 0; position -= 1) {
      const number = numbers[position] ?? 0;
      const next = (digits[number] ?? 0) + 1;
      digits[number] = next;
      if (next < (axes[number]?.choices.length ?? 0)) break;
      digits[number] = 0;
    }
    if (position < 0) return;
  }
}
