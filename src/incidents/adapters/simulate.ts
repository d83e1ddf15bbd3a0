import type { Adapter, Run, RunResult } from './adapter.ts';

/** Pretends: for trying a flow without an agent. Everything it touches is marked as a simulation. */
export const simulate: Adapter = {
  name: 'simulate',
  simulated: true,
  dryRun: async (run) => pretend(run, 'would'),
  execute: async (run) => pretend(run, 'would have'),
};

function pretend({ remedy }: Run, words: string): RunResult {
  const changes = remedy.targets.map((target) => `${words} run ${remedy.operation} on ${target}`);
  return { succeeded: true, answered: true, detail: { agent: 'simulate', simulation: true, body: { changes } } };
}
