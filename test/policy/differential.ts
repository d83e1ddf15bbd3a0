import { isDeepStrictEqual } from 'node:util';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import type { Json } from '../../src/core/index.ts';
import { type PolicyBundle, readBundle } from '../../src/policy/index.ts';
import { decideFromSources, type RawDecision, rawDecision, resolveTool, writeInputs } from '../../src/workbench/index.ts';
import { dist, policies } from './golden-cases.ts';

const answers = z.array(z.object({ result: rawDecision }));

/** What OPA itself decides from the sources, all inputs in one process; an input without a decision gives an empty list. */
export async function decideWithOpa(inputs: readonly unknown[], folder = policies): Promise<RawDecision[][]> {
  const file = writeInputs(inputs);
  return decideFromSources(await resolveTool('opa'), folder, file).finally(file.close);
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
