import { digestOfJson, type TenantId } from '../../core/index.ts';

/** Which entries are asked for; what is left out does not restrict. Ranges are half-open: from on, and before `until`. */
export type EntryFilter = {
  /** `<type>:<id>`: the subject of an entry or something else that it is about, as its timeline has it. */
  readonly subject?: string | undefined;
  /** Id of who did it. */
  readonly actor?: string | undefined;
  /** The action, or another type of entry. */
  readonly type?: string | undefined;
  readonly result?: 'ALLOW' | 'DENY' | 'STEP_UP' | undefined;
  /** The rule that determined the result. */
  readonly rule?: string | undefined;
  /** By the entry's own moment. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly fromSeq?: number | undefined;
  readonly untilSeq?: number | undefined;
};

export type EntryOrder = 'OLDEST_FIRST' | 'NEWEST_FIRST';

/** Stands for a filter of a log, in an order: cursors made under one mean nothing under another. */
export function digestOfFilter(log: TenantId, filter: EntryFilter, order: EntryOrder): string {
  const { from, until, ...rest } = filter;
  const moments = { from: from?.toISOString(), until: until?.toISOString() };
  const given = Object.entries({ ...rest, ...moments }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return digestOfJson({ log, order, filter: Object.fromEntries(given) }).slice('sha256:'.length, 'sha256:'.length + 32);
}

/** A stretch of a log: `from` <= seq < `to`. */
export type SeqRange = { readonly from: number; readonly to: number };

/** Where a filter looks in a log of `size` entries of which those before `archivedBefore` are stored away. */
export function rangeOf({ fromSeq, untilSeq }: EntryFilter, size: number, archivedBefore: number): SeqRange {
  const from = Math.max(fromSeq ?? 0, archivedBefore);
  return { from, to: Math.max(from, Math.min(untilSeq ?? size, size)) };
}
