import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import type { Json } from '../../src/core/index.ts';
import { type PolicyBundle, readBundle } from '../../src/policy/index.ts';
import { notSources, resolveTool, run } from '../../src/workbench/index.ts';
import { makeFolder } from '../support/folders.ts';
import { dist, policies } from './golden-cases.ts';

/** A decision as Rego gives it, before the engine reads it; the order of its set is no part of it. */
const raw = z.looseObject({ obligations: z.array(z.string()).transform((obligations) => obligations.toSorted()) });
export type RawDecision = z.infer<typeof raw>;
const evaluated = z.object({ result: z.tuple([z.object({ expressions: z.tuple([z.object({ value: z.array(z.array(raw)) })]) })]) });
const answers = z.array(z.object({ result: raw }));

/** What OPA itself decides from the sources, all inputs in one process; an input without a decision gives an empty list. */
export async function decideWithOpa(inputs: readonly unknown[], cwd = policies): Promise<RawDecision[][]> {
  const folder = makeFolder('opa-inputs');
  try {
    const file = join(folder, 'inputs.json');
    writeFileSync(file, JSON.stringify(inputs));
    const query = '[decisions | some one in input; decisions := [decision | decision := data.main.decision with input as one]]';
    const ignored = [...notSources, '*_test.rego'].flatMap((name) => ['--ignore', name]);
    const args = ['eval', '--format', 'json', '--bundle', '.', ...ignored, '--input', file, query];
    const { stdout } = await run(await resolveTool('opa'), args, { cwd });
    return evaluated.parse(JSON.parse(stdout)).result[0].expressions[0].value;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The compiled policy, asked without our engine in between. */
export async function compiledDecider(bundle: PolicyBundle = readBundle(dist)): Promise<(input: unknown) => RawDecision[]> {
  const policy = await loadPolicy(bundle.wasm, { initial: 16 });
  policy.setData(bundle.data);
  return (input) => answers.parse(policy.evaluate(input, bundle.manifest.entrypoint)).map(({ result }) => result);
}

/** The first of these inputs on which the two disagree; undefined: there is none. */
export async function firstDifference(
  decide: (input: unknown) => RawDecision[],
  inputs: readonly Json[],
  cwd = policies,
): Promise<number | undefined> {
  const fromSources = await decideWithOpa(inputs, cwd);
  if (fromSources.length !== inputs.length) throw new Error(`OPA gave ${fromSources.length} answers to ${inputs.length} inputs`);
  const found = inputs.findIndex((input, index) => !isDeepStrictEqual(decide(input), fromSources[index]));
  return found < 0 ? undefined : found;
}
