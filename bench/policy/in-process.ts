import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { type PolicyBundle, PolicyEngine } from '../../src/policy/index.ts';
import { readVerdict } from '../../src/policy/verdict.ts';
import type { BenchInput } from '../inputs.ts';
import { decideWithCedar, loadCedar, toCedar } from './cedar.ts';

/** Something that decides in this process. `prepare` is not measured, what it gives back is. */
export type Contestant = { readonly name: string; readonly prepare: (input: BenchInput) => () => unknown };
/** Microseconds a decision, by contestant, then by input. */
export type Samples = ReadonlyMap<string, ReadonlyMap<BenchInput, readonly number[]>>;

const WARM_UP = 3_000;
const ROUNDS = 200;
/** Calls of one contestant before the next one's turn: enough to be warm, and what slows the machine slows all. */
const TURN = 50;
const UNCOUNTED = 10;

/** Our engine as it is, the same without the digest, the Wasm that both run, and Cedar. */
export async function contestants(bundle: PolicyBundle): Promise<Contestant[]> {
  const engine = await PolicyEngine.load(bundle);
  const bare = await loadPolicy(bundle.wasm);
  bare.setData(bundle.data);
  const { entrypoint } = bundle.manifest;
  loadCedar();
  return [
    { name: 'engine', prepare: (one) => () => engine.decide(one.input).verdict.result },
    { name: 'without digest', prepare: (one) => () => readVerdict(bare.evaluate(one.input, entrypoint)).result },
    { name: 'bare opa-wasm', prepare: (one) => () => bare.evaluate(one.input, entrypoint) },
    { name: 'cedar-wasm', prepare: (one) => cedarOn(one) },
  ];
}

function cedarOn({ input }: BenchInput): () => string {
  const call = toCedar(input);
  return () => decideWithCedar(call);
}

export async function engineAlone(name: string, bundle: PolicyBundle): Promise<Contestant> {
  const engine = await PolicyEngine.load(bundle);
  return { name, prepare: (one) => () => engine.decide(one.input).verdict.result };
}

/** Measures all contestants on all inputs, in turns. */
export function measureInTurns(all: readonly Contestant[], inputs: readonly BenchInput[]): Samples {
  const samples = new Map(all.map(({ name }) => [name, new Map<BenchInput, number[]>()]));
  for (const input of inputs) {
    const ready = all.map(({ name, prepare }) => ({ name, decide: prepare(input), times: [] as number[] }));
    for (const { decide } of ready) repeat(WARM_UP, decide);
    for (let round = 0; round < ROUNDS; round += 1) for (const { decide, times } of ready) takeTurn(decide, times);
    for (const { name, times } of ready) samples.get(name)?.set(input, times);
  }
  return samples;
}

/** The first calls find the caches full of what the one before needed: nobody's are counted. */
function takeTurn(decide: () => unknown, times: number[]): void {
  repeat(UNCOUNTED, decide);
  repeat(TURN, () => times.push(microsOf(decide)));
}

function repeat(count: number, work: () => unknown): void {
  for (let time = 0; time < count; time += 1) work();
}

function microsOf(decide: () => unknown): number {
  const started = process.hrtime.bigint();
  decide();
  return Number(process.hrtime.bigint() - started) / 1_000;
}
