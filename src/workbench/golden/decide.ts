import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { notSources } from '../compile/sources.ts';
import { ToolError } from '../errors.ts';
import { attempt } from '../toolchain/run.ts';
import type { Expected } from './cases.ts';

/** A decision as Rego gives it, before the engine reads it; the order of its set is no part of it. */
export const rawDecision = z.looseObject({
  result: z.string(),
  ruleId: z.string(),
  explanation: z.string(),
  rules: z.array(z.looseObject({ ruleId: z.string() })),
  obligations: z.array(z.string()).transform((obligations) => obligations.toSorted()),
});
export type RawDecision = z.infer<typeof rawDecision>;

const evaluated = z.object({ result: z.tuple([z.object({ expressions: z.tuple([z.object({ value: z.array(z.array(rawDecision)) })]) })]) });

/** A file with inputs for OPA to read; `close` removes it. */
export type InputFile = { readonly path: string; readonly count: number; readonly close: () => void };

export function writeInputs(inputs: readonly unknown[]): InputFile {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-inputs-'));
  const path = join(folder, 'inputs.json');
  writeFileSync(path, JSON.stringify(inputs));
  return { path, count: inputs.length, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * What OPA itself decides from the sources in `folder`, all inputs in one process; an input without a decision gives an empty list.
 *
 * @throws ToolError `tool.failed` with what OPA said.
 */
export async function decideFromSources(opa: string, folder: string, inputs: InputFile, signal?: AbortSignal): Promise<RawDecision[][]> {
  const query = '[decisions | some one in input; decisions := [decision | decision := data.main.decision with input as one]]';
  const ignored = [...notSources, '*_test.rego'].flatMap((name) => ['--ignore', name]);
  const args = ['eval', '--format', 'json', '--bundle', '.', ...ignored, '--input', inputs.path, query];
  const { code, stdout, stderr } = await attempt(opa, args, { cwd: folder, ...(signal && { signal }) });
  const parsed = code === 0 ? evaluated.safeParse(JSON.parse(stdout)) : undefined;
  if (parsed?.success !== true) throw new ToolError('tool.failed', `OPA gave no decisions: ${`${stdout}${stderr}`.trim().slice(0, 2000)}`);
  return parsed.data.result[0].expressions[0].value;
}

/** What is wrong with the decisions for a case, one sentence; undefined when they are the expected one. */
export function disagreement(expected: Expected, decisions: readonly RawDecision[]): string | undefined {
  const [decision, ...more] = decisions;
  if (decision === undefined || more.length > 0) return `there are ${decisions.length} decisions instead of one`;
  const pairs: [name: string, wanted: unknown, got: unknown][] = [
    ['result', expected.result, decision.result],
    ['ruleId', expected.ruleId, decision.ruleId],
    ['unmet', expected.unmet, decision.rules.map(({ ruleId }) => ruleId)],
    ['obligations', expected.obligations, decision.obligations],
    ['explanation', expected.explanation ?? decision.explanation, decision.explanation],
  ];
  const wrong = pairs.filter(([, wanted, got]) => JSON.stringify(wanted) !== JSON.stringify(got));
  if (wrong.length === 0) return undefined;
  return wrong.map(([name, wanted, got]) => `${name} is ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`).join('; ');
}
