import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { isJsonObject, type Json, messageOf } from '../../core/index.ts';
import { type PolicyInput, policyInput } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';

const changes = z.record(z.string(), z.json());

const expected = z.strictObject({
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  ruleId: z.string(),
  unmet: z.array(z.string()).default([]),
  obligations: z.array(z.string()).default([]),
  explanation: z.string().optional(),
});

const variation = z.strictObject({
  name: z.string(),
  set: changes.default({}),
  unset: z.array(z.string()).default([]),
  expect: expected,
});

const file = z.strictObject({
  base: policyInput,
  groups: z.array(z.strictObject({ title: z.string(), given: changes, cases: z.array(variation).min(1) })).min(1),
});

/** A complete input and what must be decided on it. */
export type GoldenCase = { readonly name: string; readonly input: PolicyInput; readonly expect: z.infer<typeof expected> };

/**
 * Every case of `<policies>/golden/*.yaml` (its README says how they are written); none when there is no such folder.
 *
 * @throws ToolError `policy.golden_malformed`, naming the file, the case and what is wrong
 */
export function readGoldenCases(policies: string): GoldenCase[] {
  const folder = join(policies, 'golden');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().flatMap((name) => readFile(join(folder, name), name));
}

function readFile(path: string, name: string): GoldenCase[] {
  try {
    return casesOf(name, file.parse(parse(readFileSync(path, 'utf8'))));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new ToolError('policy.golden_malformed', `\`${path}\`: ${why}`, {
      cause,
      remedy: 'policies/golden/README.md says how cases are written',
    });
  }
}

function casesOf(name: string, { base, groups }: z.infer<typeof file>): GoldenCase[] {
  return groups.flatMap(({ title, given, cases }) =>
    cases.map(({ name: variant, set, unset, expect }) => {
      const label = `${name}: ${title}: ${variant}`;
      return { name: label, input: policyInput.parse(varied(base, { ...given, ...set }, unset, label)), expect };
    }),
  );
}

/** A copy of an input with some dotted paths set and others removed. */
export function varied(base: PolicyInput, set: Readonly<Record<string, Json>>, unset: readonly string[] = [], label = 'a case'): unknown {
  const input: unknown = structuredClone(base);
  // The shorter path first: `given: {actor: …}` and `set: {actor.roles: …}` go together whatever order they are merged in.
  for (const path of Object.keys(set).sort((a, b) => a.length - b.length)) put(input, path.split('.'), set[path], label);
  for (const path of unset) remove(input, path.split('.'), label);
  return input;
}

function put(target: unknown, [key = '', ...rest]: readonly string[], value: unknown, label: string): void {
  if (!isJsonObject(target)) throw new Error(`${label}: there is no object to set \`${key}\` in`);
  if (rest.length > 0) put(Reflect.get(target, key), rest, value, label);
  else Reflect.set(target, key, structuredClone(value));
}

function remove(target: unknown, [key = '', ...rest]: readonly string[], label: string): void {
  if (!isJsonObject(target) || !Object.hasOwn(target, key)) throw new Error(`${label}: there is no \`${key}\` to unset`);
  if (rest.length > 0) remove(Reflect.get(target, key), rest, label);
  else Reflect.deleteProperty(target, key);
}
