import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { compilePolicies } from '../compile/compile.ts';
import { ToolError } from '../errors.ts';
import { type GoldenCase, readGoldenCases } from '../golden/cases.ts';
import { decideFromSources, disagreement, type RawDecision, rawDecision, writeInputs } from '../golden/decide.ts';
import type { Failure } from './failure.ts';
import type { TestOptions, TestRun } from './tests.ts';

/** The golden cases on OPA, and compiled to Wasm as the gateway runs them when `compiled` is set. */
export async function runGoldenCases(options: TestOptions, compiled: boolean): Promise<TestRun> {
  try {
    const cases = readGoldenCases(options.folder);
    if (cases.length === 0) return { count: 0, failures: [] };
    const fromSources = compare(cases, await onSources(options, cases), '');
    // A case that is wrong on both would be told twice.
    const onWasm = compiled && fromSources.length === 0 ? compare(cases, await onCompiled(options, cases), ' when compiled to Wasm') : [];
    return { count: cases.length, failures: [...fromSources, ...onWasm] };
  } catch (error) {
    if (!(error instanceof ToolError) || options.signal?.aborted === true) throw error;
    return { count: 0, failures: [asFailure(error)] };
  }
}

async function onSources({ opa, folder, signal }: TestOptions, cases: readonly GoldenCase[]): Promise<RawDecision[][]> {
  const inputs = writeInputs(cases.map(({ input }) => input));
  return decideFromSources(opa, folder, inputs, signal).finally(inputs.close);
}

async function onCompiled({ opa, folder }: TestOptions, cases: readonly GoldenCase[]): Promise<RawDecision[][]> {
  const files = await compilePolicies(folder, opa);
  const policy = await loadPolicy(files.get('policy.wasm') ?? Buffer.alloc(0));
  policy.setData(JSON.parse(String(files.get('data.json'))));
  const answers = z.array(z.object({ result: rawDecision }));
  return cases.map(({ input }) => answers.parse(policy.evaluate(input, 'main/decision')).map(({ result }) => result));
}

function compare(cases: readonly GoldenCase[], decisions: readonly RawDecision[][], where: string): Failure[] {
  return cases.flatMap(({ name, expect, file, line }, index) => {
    const wrong = disagreement(expect, decisions[index] ?? []);
    return wrong === undefined ? [] : [{ file, line, message: `${name}${where}: ${wrong}`, detail: [] }];
  });
}

/** A case that cannot be read says where it stands in its message. */
function asFailure(error: ToolError): Failure {
  const [, file, line, message] = /^(\S+):(\d+): ([\s\S]*)$/.exec(messageOf(error)) ?? [];
  const [head = '', ...detail] = (message ?? error.message).split('\n');
  return { file: file ?? 'golden', line: Number(line ?? 1), message: head, detail };
}
