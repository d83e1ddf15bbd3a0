import { parentPort, workerData } from 'node:worker_threads';
import { PolicyEngine } from '../../policy/index.ts';
import { judge } from './judge.ts';
import type { Batch, WorkerSetup } from './pool.ts';
import { count, emptyTally } from './tally.ts';

/** A thread of a replay: takes batches of leaf bodies, answers each with its tally, in order. */
const setup: WorkerSetup = workerData;
const engine = await PolicyEngine.load({ ...setup.bundle, wasm: Buffer.from(setup.bundle.wasm) });

parentPort?.on('message', ({ bytes, ends, disclosures }: Batch) => {
  const tally = emptyTally();
  const all = Buffer.from(bytes.buffer);
  ends.forEach((end, index) => {
    const leaf = { body: all.subarray(ends[index - 1] ?? 0, end), disclosures: disclosures.get(index) ?? [] };
    count(tally, judge(engine, leaf, setup.since), setup.examples);
  });
  parentPort?.postMessage(tally);
});
