import { join } from 'node:path';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { PolicyEngine, readBundle } from '../src/policy/index.ts';
import { inputs } from './inputs.ts';
import { heading, row, summarise, timed } from './statistics.ts';

const WARM_UP = 2_000;
const ROUNDS = 10_000;

/** µs a decision: our engine (input digest, evaluation, verdict checked) beside the bare Wasm evaluation, call by call in turn. */
export async function benchDecide(): Promise<void> {
  const bundle = readBundle(join(import.meta.dirname, '..', 'policies', 'dist'));
  const engine = await PolicyEngine.load(bundle);
  const bare = await loadPolicy(bundle.wasm);
  bare.setData(bundle.data);
  process.stdout.write(`${ROUNDS} decisions each, policy ${bundle.manifest.revision}\n${heading}\n`);
  for (const [name, input] of inputs) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const one = await timed(() => engine.decide(input));
      const other = await timed(() => bare.evaluate(input, bundle.manifest.entrypoint));
      if (round >= 0) ours.push(one);
      if (round >= 0) theirs.push(other);
    }
    const [decided, evaluated] = [summarise(ours), summarise(theirs)];
    process.stdout.write(`${row(`${name}: engine`, decided, 'µs')}\n${row('  bare opa-wasm', evaluated, 'µs')}\n`);
    process.stdout.write(
      `  ratio at p50 ${(decided.p50 / evaluated.p50).toFixed(2)}, at p99 ${(decided.p99 / evaluated.p99).toFixed(2)}\n`,
    );
  }
}
