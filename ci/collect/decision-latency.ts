import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/core/index.ts';
import { required, StepError, say, step } from '../step.ts';
import { noteItems } from './items.ts';

const usage = `node ci/collect/decision-latency.ts --out DIR --gateway URL

Keeps what the gateway's /metrics says of the time that decisions take.`;

const file = 'metrics.prom';

/** @throws StepError `step.unreachable`, `step.malformed` */
export async function collectDecisionLatency(out: string, gateway: string): Promise<void> {
  const metrics = await read(`${gateway.replace(/\/$/, '')}/metrics`);
  const lines = metrics.split('\n').filter((line) => line.includes('countersign_decision_duration_seconds'));
  if (lines.length === 0) {
    throw new StepError('step.malformed', `the metrics of \`${gateway}\` do not tell how long decisions take`, {
      remedy: 'give the address of a gateway that has decided something',
    });
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, file), `${lines.join('\n')}\n`);
  noteItems(out, [{ kind: 'decision-latency', file, madeAt: new Date().toISOString() }]);
}

async function read(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    if (response.ok) return await response.text();
    throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    const why = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw new StepError('step.unreachable', `cannot read \`${url}\`: ${messageOf(why)}`, { cause, remedy: 'check --gateway' });
  }
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, gateway: { type: 'string' } },
  run: async ({ values }) => {
    const out = required('--out', values.out);
    await collectDecisionLatency(out, required('--gateway', values.gateway));
    say(`the time of decisions is in ${out}`);
  },
});
