import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { type PolicyInput, policyInput } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { varied } from './varied.ts';

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

const content = z.strictObject({
  base: policyInput,
  groups: z.array(z.strictObject({ title: z.string(), given: changes, cases: z.array(variation).min(1) })).min(1),
});

/** What a golden case says the decision must be; an `explanation` left out may be any. */
export type Expected = z.infer<typeof expected>;

/** One case: a complete input and its answer. `file` is relative to the policies' folder; `line` is where its name stands. */
export type GoldenCase = {
  readonly name: string;
  readonly input: PolicyInput;
  readonly expect: Expected;
  readonly file: string;
  readonly line: number;
};

/** Every case of `<folder>/golden/*.yaml`, its input complete and strictly what the schema says; none when there is no such folder. @throws ToolError `golden.malformed` */
export function readGoldenCases(folder: string): GoldenCase[] {
  const golden = join(folder, 'golden');
  if (!existsSync(golden)) return [];
  const names = readdirSync(golden).filter((name) => name.endsWith('.yaml'));
  return names.sort().flatMap((name) => casesOf(name, readFileSync(join(golden, name), 'utf8')));
}

function casesOf(name: string, text: string): GoldenCase[] {
  const file = `golden/${name}`;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw malformed(file, lines.linePos(error.pos[0]).line, error.message);
  const parsed = content.safeParse(document.toJS());
  if (!parsed.success) throw malformed(file, 1, z.prettifyError(parsed.error));
  const { base, groups } = parsed.data;
  return groups.flatMap(({ title, given, cases }, group) =>
    cases.map(({ name: variant, set, unset, expect }, index) => {
      const line = lineOf(document.getIn(['groups', group, 'cases', index], true), lines);
      const label = `${name}: ${title}: ${variant}`;
      return { name: label, input: inputOf(base, { ...given, ...set }, unset, { file, line, label }), expect, file, line };
    }),
  );
}

type Place = { readonly file: string; readonly line: number; readonly label: string };

function inputOf(base: PolicyInput, set: z.infer<typeof changes>, unset: readonly string[], { file, line, label }: Place): PolicyInput {
  try {
    return policyInput.parse(varied(base, set, unset, label));
  } catch (cause) {
    throw malformed(file, line, cause instanceof z.ZodError ? `${label}: ${z.prettifyError(cause)}` : messageOf(cause));
  }
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
  return range === undefined || range === null ? 1 : lines.linePos(range[0]).line;
}

function malformed(file: string, line: number, message: string): ToolError {
  return new ToolError('golden.malformed', `${file}:${line}: ${message}`, {
    remedy: 'correct the case; policies/golden/README.md says how they look',
  });
}
