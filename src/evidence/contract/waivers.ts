import { z } from 'zod';

const effect = z.object({ release: z.string(), requirement: z.string(), reason: z.string(), expiresAt: z.iso.datetime() });

/** A decision that a requirement need not be met by one release until a day. */
export type Waiver = {
  readonly seq: number;
  readonly entryId: string;
  readonly release: string;
  readonly requirement: string;
  /** Id of the actor who granted it. */
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: string;
};

/** The waiver in an allowed `evidence.waive` entry; undefined when its effect is none. */
export function waiverIn(entry: { seq: number; id: string; actor: { id: string }; data: { effect?: unknown } }): Waiver | undefined {
  const parsed = effect.safeParse(entry.data.effect);
  if (!parsed.success) return undefined;
  const { release, requirement, reason, expiresAt } = parsed.data;
  return { seq: entry.seq, entryId: entry.id, release, requirement, owner: entry.actor.id, reason, expiresAt };
}

/** The newest waiver of a requirement that holds at a moment. */
export function waiverFor(waivers: readonly Waiver[], release: string, requirement: string, at: string): Waiver | undefined {
  return waivers
    .filter((waiver) => waiver.release === release && waiver.requirement === requirement && Date.parse(at) < Date.parse(waiver.expiresAt))
    .toSorted((a, b) => b.seq - a.seq)[0];
}
