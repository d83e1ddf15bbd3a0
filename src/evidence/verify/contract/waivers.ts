import { z } from 'zod';
import type { Entry } from '../ledger/entry.ts';
import type { Manifest } from '../read/manifest.ts';
import { ensure, fail } from '../report.ts';
import { LEDGER_BUILT } from './contract.ts';

const waiver = z.strictObject({
  seq: z.int().min(0),
  entryId: z.string().min(1),
  owner: z.string().min(1),
  reason: z.string(),
  expiresAt: z.iso.datetime(),
});
export const waiverForm = waiver;
/** As verdict.json has it, and the requirement that it is for. */
export type Waiver = z.infer<typeof waiver> & { readonly requirement: string };

const effect = z.looseObject({
  release: z.string(),
  requirement: z.string(),
  reason: z.string(),
  expiresAt: z.iso.datetime(),
});

type Granted = Pick<Entry, 'seq' | 'id' | 'type' | 'result' | 'actor' | 'effect'>;

/** Throws with the reason why a proven entry is not a waiver that holds for this release. */
export function waiverIn(entry: Granted, { release, at }: Pick<Manifest, 'release' | 'at'>): Waiver {
  ensure(entry.type === 'evidence.waive', `entry ${entry.seq} is \`${entry.type}\``);
  ensure(entry.result === 'ALLOW', `entry ${entry.seq} was not allowed`);
  const parsed = effect.safeParse(entry.effect);
  const { requirement, reason, expiresAt, release: of } = parsed.data ?? fail(`entry ${entry.seq} does not say what it waives`);
  ensure(requirement !== LEDGER_BUILT, `entry ${entry.seq} waives \`${LEDGER_BUILT}\`, which cannot be`);
  ensure(of === release, `entry ${entry.seq} is for release ${of}`);
  ensure(Date.parse(at) < Date.parse(expiresAt), `entry ${entry.seq} held until ${expiresAt}, the bundle is of ${at}`);
  return { seq: entry.seq, entryId: entry.id, owner: entry.actor, reason, expiresAt, requirement };
}

/** Of those that are proven the ones that hold, the latest first. */
export function waiversIn(entries: Iterable<Entry>, manifest: Manifest): Waiver[] {
  const found: Waiver[] = [];
  for (const entry of entries) {
    if (entry.type !== 'evidence.waive') continue;
    try {
      found.push(waiverIn(entry, manifest));
    } catch {
      // It does not hold: `contract.waivers` says why, where the verdict builds on it.
    }
  }
  return found.toSorted((a, b) => b.seq - a.seq);
}
