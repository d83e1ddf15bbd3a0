import fc from 'fast-check';
import { isJsonObject, newId } from '../../src/core/index.ts';
import type { Entry, EntryFilter } from '../../src/ledger/index.ts';

/** An entry as a test made it, and what else it is about. */
export type Made = { readonly entry: Entry; readonly about: readonly string[] };

const base = Date.parse('2026-03-02T10:00:00.000Z');
const long = 'x'.repeat(600);
const types = ['flag.set', 'incident.acknowledge', 'ledger.read_entries', 'checkpoint.logged'];
/** The last four stand at both sides of what an index holds as it is: 512 bytes. */
const actors = ['usr_a', 'usr_b', 'o’brien "é"', `${long}1`, `${long}2`, 'é'.repeat(256), `${'é'.repeat(256)}x`];
const subjects = ['incident:inc_1', 'incident:inc_2', 'flag:f'];
const results = ['ALLOW', 'DENY', 'STEP_UP'] as const;
const rules = ['flag.role_grant', 'core.purpose', 'default.no_grant'];
/** Minutes after `base`. Clocks differ: entries are not in the order of their moments. */
const minutes = fc.integer({ min: 0, max: 30 });
const at = (minute: number): Date => new Date(base + minute * 60_000);

/** Now and then one that records no decision, has a moment that is none, or a decision of another shape. */
export const made: fc.Arbitrary<Made> = fc
  .record({
    type: fc.constantFrom(...types),
    subject: fc.constantFrom(...subjects),
    actor: fc.constantFrom(...actors),
    about: fc.subarray(subjects),
    ts: fc.oneof({ weight: 40, arbitrary: minutes.map((n) => at(n).toISOString()) }, { weight: 1, arbitrary: fc.constant('yesterday') }),
    decision: fc.oneof(
      { weight: 9, arbitrary: fc.record({ result: fc.constantFrom(...results), ruleId: fc.constantFrom(...rules) }) },
      { weight: 1, arbitrary: fc.constantFrom(null, 'none', {}, { result: { committed: 'ab' }, ruleId: 7 }) },
    ),
  })
  .map(({ type, subject, actor, about, ts, decision }) => ({
    entry: { id: newId('entry'), ts, type, subject, actor: { id: actor, kind: 'human' as const }, data: { decision } },
    about,
  }));

const conditions = {
  subject: fc.constantFrom(...subjects, 'incident:none'),
  actor: fc.constantFrom(...actors, long),
  type: fc.constantFrom(...types, 'nothing'),
  result: fc.constantFrom(...results),
  rule: fc.constantFrom(...rules, 'no.rule'),
  from: minutes.map(at),
  until: minutes.map(at),
  fromSeq: fc.integer({ min: 0, max: 100 }),
  untilSeq: fc.integer({ min: 0, max: 300 }),
};

/** Any combination of conditions; mostly of a few, so that most filters are met by something. */
export const filters: fc.Arbitrary<EntryFilter> = fc
  .tuple(fc.record(conditions), fc.oneof(fc.subarray(Object.keys(conditions), { maxLength: 2 }), fc.subarray(Object.keys(conditions))))
  .map(([all, names]) => Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))));

/** The seqs of what matches, one by one and without any index. */
export function naiveMatches(log: readonly Made[], filter: EntryFilter): number[] {
  return log.flatMap((one, seq) => (holds(one, seq, filter) ? [seq] : []));
}

function holds({ entry, about }: Made, seq: number, { subject, actor, type, result, rule, from, until, fromSeq, untilSeq }: EntryFilter) {
  const { decision } = entry.data;
  const decided = isJsonObject(decision) ? decision : {};
  const moment = Date.parse(entry.ts); // NaN is neither before nor after anything
  return (
    (subject === undefined || [entry.subject, ...about].includes(subject)) &&
    (actor === undefined || entry.actor.id === actor) &&
    (type === undefined || entry.type === type) &&
    (result === undefined || decided['result'] === result) &&
    (rule === undefined || decided['ruleId'] === rule) &&
    (from === undefined || moment >= from.getTime()) &&
    (until === undefined || moment < until.getTime()) &&
    seq >= (fromSeq ?? 0) &&
    seq < (untilSeq ?? Number.POSITIVE_INFINITY)
  );
}
