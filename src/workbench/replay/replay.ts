import { availableParallelism } from 'node:os';
import type { PolicyBundle, PolicyVersion } from '../../policy/index.ts';
import type { Records } from '../recorded/records.ts';
import type { Example } from './judge.ts';
import { ReplayPool } from './pool.ts';
import { add, emptyTally, type Group, type Tally, type Unusable } from './tally.ts';

export type ReplayRequest = {
  readonly records: Records;
  readonly candidate: PolicyBundle;
  /** Only decisions made from then on. */
  readonly since?: Date | undefined;
  /** How many examples of each group are kept. */
  readonly examples: number;
  readonly threads?: number;
  /** Told after each page how many entries were read so far. */
  readonly onProgress?: (entries: number) => void;
};

/** What a candidate would have decided differently. Every entry read is in exactly one count: nothing is left out or guessed. */
export type ReplayReport = {
  readonly candidate: PolicyVersion;
  /** `read` = `before` (older than asked for) + `notDecisions` + `malformed` + `decisions`. */
  readonly entries: { readonly read: number; readonly before: number; readonly notDecisions: number };
  /** `replayed` + `faults` + altered and erased ones. */
  readonly decisions: number;
  /** Decided again: `unchanged` + `changed`. */
  readonly replayed: number;
  readonly unchanged: number;
  /** Of the unchanged: the same answer in other words. */
  readonly reworded: number;
  readonly changed: number;
  /** How many changed in which way, most first. */
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  readonly groups: readonly Group[];
  readonly notReplayable: {
    /** The input is not the one that was decided on. */
    readonly altered: Unusable;
    /** Parts of the input were erased, or did not come with the export. */
    readonly erased: Unusable;
    /** Not an entry, or its decision is none. */
    readonly malformed: number;
    /** Places of a log that hold no leaf. */
    readonly missing: number;
  };
  /** Denied because the engine failed: nothing that a policy decided, so not compared. */
  readonly faults: { readonly count: number; readonly examples: readonly Example[] };
  /** Which policies made the recorded decisions, most first. */
  readonly recordedBy: readonly (PolicyVersion & { readonly count: number })[];
};

const MAX_THREADS = 8;

/** Decides every recorded decision again with a candidate, on all cores and at constant memory. */
export async function replay(request: ReplayRequest): Promise<ReplayReport> {
  const { records, candidate, since, examples, onProgress } = request;
  const threads = request.threads ?? Math.min(availableParallelism(), MAX_THREADS);
  const pool = new ReplayPool({ bundle: candidate, since: since?.getTime() ?? Number.NEGATIVE_INFINITY, examples }, threads);
  const total = emptyTally();
  let missing = 0;
  const settle = async (part: Promise<Tally>): Promise<void> => {
    add(total, await part, examples);
    onProgress?.(total.entries);
  };
  try {
    const underWay: Promise<Tally>[] = [];
    for await (const page of records.pages()) {
      missing += page.missing;
      if (page.leaves.length > 0) underWay.push(pool.judge(page.leaves));
      const oldest = underWay.length > 2 * threads ? underWay.shift() : undefined;
      if (oldest !== undefined) await settle(oldest);
    }
    for (const part of underWay) await settle(part);
  } finally {
    await pool.close();
  }
  return toReport(candidate, total, missing);
}

function toReport({ manifest }: PolicyBundle, total: Tally, missing: number): ReplayReport {
  const groups = [...total.groups.values()].sort((one, other) => other.count - one.count);
  const changed = groups.reduce((sum, group) => sum + group.count, 0);
  const replayed = total.unchanged + changed;
  const { altered, erased, malformed, faults, unchanged, reworded } = total;
  return {
    candidate: { digest: manifest.digest, revision: manifest.revision },
    entries: { read: total.entries, before: total.before, notDecisions: total.other },
    decisions: replayed + faults.count + altered.count + erased.count,
    replayed,
    unchanged,
    reworded,
    changed,
    kinds: kindsOf(groups),
    groups,
    notReplayable: { altered, erased, malformed, missing },
    faults,
    recordedBy: [...total.policies]
      .map(([digest, { revision, count }]) => ({ digest, revision, count }))
      .sort((one, other) => other.count - one.count),
  };
}

function kindsOf(groups: readonly Group[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { kind, count } of groups) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((one, other) => other.count - one.count);
}
