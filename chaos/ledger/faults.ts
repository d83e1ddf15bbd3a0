import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { type Catch, catchHolder } from './holder.ts';
import type { Random } from './random.ts';
import { childrenOf, kill, killTree } from './server-processes.ts';

export const faultKinds = ['gateway', 'sequencer', 'freeze', 'postgres', 'backend'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What a fault needs to reach its victims. */
export type Theatre = {
  readonly fleet: Fleet;
  readonly ownerUrl: string;
  /** Of the postmaster that runs now. */
  readonly postmaster: () => number;
  readonly random: Random;
};

/** A fault that has happened. `survivors` must go on without the victim; `repair` brings it back. */
export type Struck = {
  readonly kind: FaultKind;
  /** When, in milliseconds of `performance.now`. */
  readonly at: number;
  readonly survivors: readonly number[];
  /** Whether the victim had a log's head locked when it was struck. */
  readonly held: boolean;
  repair(): void;
};

export async function strike(kind: FaultKind, theatre: Theatre): Promise<Struck> {
  if (kind === 'postgres' || kind === 'backend') return strikeServer(kind, theatre);
  const { fleet, random } = theatre;
  const { slot, held, at } = await victim(kind, theatre);
  const survivors = fleet.slots.filter((other) => other !== slot);
  if (kind === 'freeze') fleet.freeze(slot);
  if (kind !== 'freeze') await fleet.kill(slot);
  else await delay(random.between(0, 300)); // survivors who go on at once are no reason to end it at once
  return { kind, at, survivors, held, repair: () => (kind === 'freeze' ? fleet.thaw(slot) : fleet.start(slot)) };
}

/** Any load process; a sequencer, and every other one that is frozen, is caught with the lock in its hands. */
async function victim(kind: FaultKind, { fleet, ownerUrl, random }: Theatre): Promise<Catch> {
  const slots = random.shuffled(fleet.slots);
  if (kind === 'sequencer' || (kind === 'freeze' && random.next() < 0.7)) return catchHolder(ownerUrl, slots, fleet);
  return { slot: random.pick(slots), held: false, at: performance.now() };
}

function strikeServer(kind: 'postgres' | 'backend', { fleet, postmaster, random }: Theatre): Struck {
  if (kind === 'postgres') killTree(postmaster());
  else kill(random.pick(childrenOf(postmaster()))); // the postmaster then ends all the others, and recovers
  // The embedded server is started again by the process that owns it, as in a gateway.
  return { kind, at: performance.now(), survivors: fleet.slots, held: false, repair: () => undefined };
}
