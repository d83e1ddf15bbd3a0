import { z } from 'zod';
import type { JsonObject } from '../core/index.ts';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import { type EntryFilter, type EntryOrder, type EntryPage, findEntries, type PageRequest } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { type ShownEntry, showEntries } from './shown.ts';
import { subjectPattern } from './subject.ts';

/** GraphQL hands over what it parsed. */
const moment = z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]);
const text = z.string().min(1).max(1_000);
const place = z.int().min(0);

const filter = z
  .strictObject({
    subject: z.string().regex(subjectPattern).nullish(),
    actor: text.nullish(),
    action: text.nullish(),
    result: z.enum(['ALLOW', 'DENY', 'STEP_UP']).nullish(),
    ruleId: text.nullish(),
    from: moment.nullish(),
    until: moment.nullish(),
    fromSeq: place.nullish(),
    untilSeq: place.nullish(),
  })
  .nullish();

const count = z.int().min(1).max(100).nullish();
const args = z
  .strictObject({
    filter,
    order: z.enum(['OLDEST_FIRST', 'NEWEST_FIRST']).nullish(),
    first: count,
    after: z.string().nullish(),
    last: count,
    before: z.string().nullish(),
  })
  // How much is asked for has to be said: the limit on the cost of an operation goes by it.
  .refine(({ first, last }) => (first ?? null) !== null || (last ?? null) !== null, { message: 'say how many: `first` or `last`' })
  .refine(({ first, after, last, before }) => (first ?? after ?? null) === null || (last ?? before ?? null) === null, {
    message: 'page either forwards, with `first` and `after`, or backwards, with `last` and `before`',
  });
type Args = z.infer<typeof args>;

/**
 * `ledger.read_entries`: entries by what they are about, who did what, how it was decided, and when. To look is an action, as with a
 * timeline; recorded is what was asked for and how many were seen, not what they say.
 */
export function readEntries(vault: Vault): AnyCommand {
  return defineCommand({
    action: 'ledger.read_entries',
    args,
    load: async (_trx, _args, scope) => ({
      resource: knownResource(scope, { type: 'ledger', id: scope.actor.tenant, purpose: 'record' }),
      facts: {},
      state: {},
    }),
    effect: async (trx, asked, _state, { actor }) => {
      const request = toRequest(actor.tenant, asked);
      const page = await findEntries(trx, request);
      const shown = await showEntries(
        trx,
        vault,
        actor.tenant,
        page.leaves.map(({ leaf }) => leaf),
      );
      return { result: toResult(page, shown), record: toRecord(request, page) };
    },
  });
}

function toRequest(log: PageRequest['log'], { filter: given, order, first, after, last, before }: Args): PageRequest {
  const backward = (last ?? null) !== null;
  return {
    log,
    filter: toFilter(given ?? {}),
    order: order ?? ('NEWEST_FIRST' satisfies EntryOrder),
    count: (backward ? last : first) ?? 1,
    direction: backward ? 'backward' : 'forward',
    cursor: (backward ? before : after) ?? undefined,
  };
}

function toFilter({ subject, actor, action, result, ruleId, from, until, fromSeq, untilSeq }: NonNullable<Args['filter']>): EntryFilter {
  return {
    subject: subject ?? undefined,
    actor: actor ?? undefined,
    type: action ?? undefined,
    result: result ?? undefined,
    rule: ruleId ?? undefined,
    from: from ?? undefined,
    until: until ?? undefined,
    fromSeq: fromSeq ?? undefined,
    untilSeq: untilSeq ?? undefined,
  };
}

function toResult(page: EntryPage, shown: readonly ShownEntry[]): JsonObject {
  const { leaves, totalCount, size, archivedBefore, hasNextPage, hasPreviousPage } = page;
  const entries = shown.map((entry, at) => ({ ...entry, cursor: leaves[at]?.cursor ?? '' }));
  return { entries, totalCount, size, archivedBefore, hasNextPage, hasPreviousPage };
}

/** Which entries: with the size, this says it for good. */
function toRecord({ filter: asked, order }: PageRequest, { leaves, totalCount, size }: EntryPage): JsonObject {
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value instanceof Date ? value.toISOString() : value] as const],
  );
  const seqs = leaves.map(({ leaf }) => leaf.seq);
  const [first = null, last = null] = [seqs.at(0), seqs.at(-1)];
  return { filter: Object.fromEntries(given), order, size, totalCount, entries: seqs.length, first, last };
}
