import { setTimeout as delay } from 'node:timers/promises';
import type { TenantId } from '../../src/core/index.ts';
import { faultKinds, type Struck, strike, type Theatre } from './faults.ts';
import type { Inspection } from './inspection.ts';
import type { ChaosOptions } from './options.ts';
import type { Pulse } from './pulse.ts';
import type { Outage } from './report.ts';

/** For whoever was not struck to go on; much more than the two seconds that are the goal, which the report tells. */
const PATIENCE_MS = 60_000;
/** A frozen one comes back after this long, whether or not the others could go on without it. */
const FROZEN_MS = 4_000;
/** An answer may come this long after the entry was placed: only later ones show that placing goes on. */
const ECHO_MS = 50;

export type Stage = ChaosOptions & {
  readonly theatre: Theatre;
  readonly pulse: Pulse;
  readonly inspection: Inspection;
  readonly logs: readonly TenantId[];
};

/** Strikes, waits until the others go on, repairs, waits until all do, and looks; until the rounds are over or something is wrong. */
export async function runRounds(stage: Stage): Promise<Outage[]> {
  const { theatre, inspection, pulse } = stage;
  const outages: Outage[] = [];
  let deck: (typeof faultKinds)[number][] = [];
  if (!(await pulse.awaitSlots(theatre.fleet.slots, 0, PATIENCE_MS))) inspection.contradictions.add('stuck', '*', 'the load did not begin');
  while (outages.length < stage.rounds && stage.signal?.aborted !== true && inspection.contradictions.found.length === 0) {
    // A deck, so that every few rounds have every kind of fault; whoever has the lock comes twice.
    if (deck.length === 0) deck = theatre.random.shuffled([...faultKinds, 'sequencer']);
    const kind = deck.pop() ?? 'gateway';
    await delay(theatre.random.between(0.05, 1) * stage.secondsPerRound * 1_000);
    const outage = await outlive(stage, await strike(kind, theatre));
    outages.push(outage);
    await inspection.look(theatre.ownerUrl);
    stage.onRound?.(outages.length, outage);
    pulse.restart();
  }
  return outages;
}

async function outlive({ theatre, pulse, inspection, logs }: Stage, struck: Struck): Promise<Outage> {
  const { kind, held, at, survivors } = struck;
  const patience = kind === 'freeze' ? FROZEN_MS : PATIENCE_MS;
  const wentOn = await pulse.awaitLogs(logs, survivors, at + ECHO_MS, patience);
  if (!wentOn && kind !== 'freeze') inspection.contradictions.add('stuck', '*', `no entry was placed for ${patience} ms after \`${kind}\``);
  const milliseconds = pulse.longestSilence(logs, survivors, at);
  struck.repair();
  const repaired = performance.now();
  if (!(await pulse.awaitSlots(theatre.fleet.slots, repaired, PATIENCE_MS)))
    inspection.contradictions.add('stuck', '*', `not every gateway went on within ${PATIENCE_MS} ms after \`${kind}\` was repaired`);
  return { kind, held, milliseconds };
}
