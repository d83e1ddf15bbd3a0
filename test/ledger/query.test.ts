import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import { findEntries, type Ledger, type PageRequest, streamEntries } from '../../src/ledger/index.ts';
import { backfill } from '../../src/storage/migrations/0007-ledger-query.ts';
import { refusalOf } from '../support/errors.ts';
import { acme, commit, entryWith, ledgerOver } from '../support/ledger.ts';
import { connected, openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { filters, type Made, made, naiveMatches } from './query-model.ts';

const globex = tenantId('globex');
let db: TestDatabase;
let ledger: Ledger;
/** The log of acme as it must be. */
const log: Made[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  ledger = ledgerOver(db.database);
  await append(fc.sample(made, { numRuns: 150, seed: 7 }));
  await ledger.acknowledge(globex, await commit(db.database, ledger, entryWith({ of: 'globex' }), globex));
});
afterAll(async () => {
  await ledger.stop();
  await db.close();
});

async function append(more: readonly Made[]): Promise<void> {
  const [last] = more.slice(-1);
  if (last === undefined) return;
  await db.database.transaction(acme, async (trx) => {
    for (const { entry, about } of more) await ledger.append(trx, acme, entry, about);
  });
  await ledger.acknowledge(acme, last.entry.id);
  log.push(...more);
}

const find = (over: Partial<PageRequest> = {}, of = acme) =>
  db.database.transaction(of, (trx) =>
    findEntries(trx, { log: of, filter: {}, order: 'OLDEST_FIRST', count: 10, direction: 'forward', ...over }),
  );
const seqsOf = (page: Awaited<ReturnType<typeof find>>) => page.leaves.map(({ leaf }) => leaf.seq);

const MOST = 1_000;

/** All pages of a list, while entries are appended between them. */
async function pagesOf(request: Partial<PageRequest>, between: readonly (readonly Made[])[]) {
  const { direction = 'forward' } = request;
  let page = await find(request);
  const { size, totalCount } = page;
  let seqs = seqsOf(page);
  for (let n = 0; direction === 'forward' ? page.hasNextPage : page.hasPreviousPage; n += 1) {
    await append(between[n] ?? []);
    const cursor = page.leaves.at(direction === 'forward' ? -1 : 0)?.cursor;
    page = await find({ ...request, cursor });
    expect([page.size, page.totalCount]).toEqual([size, totalCount]);
    expect(direction === 'forward' ? page.hasPreviousPage : page.hasNextPage).toBe(true);
    expect(seqsOf(page).length).toBeGreaterThan(0);
    expect(n).toBeLessThan(MOST); // who repeats goes round in circles
    seqs = direction === 'forward' ? [...seqs, ...seqsOf(page)] : [...seqsOf(page), ...seqs];
  }
  return { seqs, size, totalCount };
}

describe('a search', () => {
  test('finds what a look at every entry finds, in pages that neither repeat nor skip while the log grows', async () => {
    const lists = fc.record({
      filter: filters,
      order: fc.constantFrom('OLDEST_FIRST' as const, 'NEWEST_FIRST' as const),
      direction: fc.constantFrom('forward' as const, 'backward' as const),
      count: fc.integer({ min: 1, max: 40 }),
      between: fc.array(fc.array(made, { maxLength: 2 }), { maxLength: 3 }),
    });
    const property = fc.asyncProperty(lists, async ({ between, ...request }) => {
      const before = log.length;
      const naive = naiveMatches(log, request.filter);
      if (request.order === 'NEWEST_FIRST') naive.reverse();
      expect(await pagesOf(request, between)).toEqual({ seqs: naive, size: before, totalCount: naive.length });
      if (naive.length > request.count) several += 1;
    });
    let several = 0;
    await fc.assert(property, { numRuns: 60, seed: 11 });
    expect(several).toBeGreaterThan(20); // or the filters find too little to be a test
  });

  test('by moments beyond all that PostgreSQL knows is by nothing', async () => {
    const dated = naiveMatches(log, { from: new Date(0) }).length;
    const ages = { from: new Date('0000-01-01T00:00:00Z'), until: new Date('9999-12-31T23:59:59-01:00') };
    expect((await find({ filter: ages })).totalCount).toBe(dated);
    expect((await find({ filter: { until: ages.from } })).totalCount).toBe(0);
  });

  test('of one page knows that there is no other', async () => {
    const page = await find({ filter: { untilSeq: 3 }, count: 3 });
    expect([seqsOf(page), page.hasNextPage, page.hasPreviousPage, page.totalCount]).toEqual([[0, 1, 2], false, false, 3]);
    expect((await find({ filter: { untilSeq: 4 }, count: 3 })).hasNextPage).toBe(true);
  });

  test('of a log that does not exist finds nothing', async () => {
    expect(await find({}, tenantId('nobody'))).toEqual({
      leaves: [],
      totalCount: 0,
      size: 0,
      archivedBefore: 0,
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });

  test('of one tenant sees nothing of another, whatever it asks for', async () => {
    for (const filter of [{}, { type: 'incident.acknowledge' }, { subject: 'incident:inc_1' }, { from: new Date(0) }, { fromSeq: 0 }]) {
      const page = await find({ filter, count: 100 }, globex);
      expect([page.totalCount, page.leaves.map(({ leaf }) => JSON.parse(leaf.body.toString()).log)]).toEqual([1, ['globex']]);
    }
    // As acme, by the name of globex: row-level security stands behind the condition.
    const spoofed = await db.database.transaction(acme, (trx) =>
      findEntries(trx, { log: globex, filter: { type: 'incident.acknowledge' }, order: 'OLDEST_FIRST', count: 10, direction: 'forward' }),
    );
    expect([spoofed.leaves, spoofed.totalCount, spoofed.size]).toEqual([[], 0, 0]);
  });

  test('streams the same that it pages', async () => {
    await append(fc.sample(made, { numRuns: 600, seed: 8 })); // more than two pages of the stream
    for (const filter of [
      {},
      { type: 'flag.set' },
      { type: 'flag.set', result: 'DENY' as const },
      { from: new Date('2026-03-02T10:10:00Z') },
    ]) {
      const stream = await streamEntries(db.database, acme, filter);
      const seqs: number[] = [];
      for await (const leaves of stream.pages) seqs.push(...leaves.map(({ seq }) => seq));
      expect(seqs).toEqual(naiveMatches(log, filter));
    }
  });
});

describe('a cursor', () => {
  const encode = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const cursorOf = async (over: Partial<PageRequest> = {}, of = acme) => (await find({ count: 1, ...over }, of)).leaves[0]?.cursor ?? '';

  test('of another filter, order or log is refused, and why is said', async () => {
    const mine = { filter: { type: 'flag.set' } };
    const foreign: [Partial<PageRequest>, string][] = [
      [{ cursor: await cursorOf() }, 'of another filter or order'],
      [{ cursor: await cursorOf({ filter: { type: 'incident.acknowledge' } }) }, 'of another filter or order'],
      [{ cursor: await cursorOf({ ...mine, order: 'NEWEST_FIRST' }) }, 'of another filter or order'],
      [{ cursor: await cursorOf({ filter: { ...mine.filter, fromSeq: 0 } }) }, 'of another filter or order'],
      [{ cursor: await cursorOf({}, globex) }, 'of another log'],
    ];
    for (const [request, why] of foreign) {
      const refusal = await refusalOf(find({ ...mine, ...request }));
      expect([refusal.code, refusal.message]).toEqual(['ledger.cursor_foreign', `the cursor is ${why}`]);
    }
    expect(seqsOf(await find({ ...mine, cursor: await cursorOf(mine) })).length).toBeGreaterThan(0);
  });

  test('of a longer log (a restored backup, or made up) is refused', async () => {
    const [kind, of, size, digest, seq] = JSON.parse(Buffer.from(await cursorOf(), 'base64url').toString());
    const refusal = await refusalOf(find({ cursor: encode([kind, of, size + 1, digest, seq]) }));
    expect([refusal.code, refusal.message]).toEqual(['ledger.cursor_foreign', 'the cursor is of a longer log than this one is now']);
  });

  test('that is none is refused', async () => {
    const good = JSON.parse(Buffer.from(await cursorOf(), 'base64url').toString());
    const bad = [
      '',
      'x',
      '!!',
      encode(null),
      encode({}),
      encode('entries'),
      encode(good.slice(0, 4)),
      encode([...good, 1]),
      ...['incidents', 1].map((kind) => encode(good.with(0, kind))),
      ...[-1, 1.5, '9', null, 2 ** 53].map((size) => encode(good.with(2, size))),
      ...[-1, 1.5, '0', null, good[2]].map((seq) => encode(good.with(4, seq))),
      `${await cursorOf()}=`,
      ` ${await cursorOf()}`,
      Buffer.from(`${JSON.stringify(good)} `).toString('base64url'),
    ];
    for (const cursor of bad) expect((await refusalOf(find({ cursor }))).code, cursor).toBe('ledger.cursor_malformed');
  });
});

describe('the columns beside a leaf', () => {
  test('that a migration makes out of bodies are those that sequencing made; a body that is none stops nothing', async () => {
    const columns = 'select tenant, seq, type, actor, result, rule, at from ledger_leaf order by tenant, seq';
    const before = await query(db.ownerUrl, columns);
    expect(before.filter(({ at }) => at === null).length).toBeGreaterThan(0);
    expect(before.filter(({ actor }) => String(actor).startsWith('sha256:')).length).toBeGreaterThan(0);
    await connected(db.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query('update ledger_leaf set type = null, actor = null, result = null, rule = null, at = null');
      await client.query(
        `insert into ledger_leaf (tenant, seq, entry_id, body, hash) values ('acme', 999999, 'x', '\\xff00', ''), ('acme', 999998, 'y', '{"ts":"2026-02-30T10:00:00.000Z"}', '')`,
      );
      await client.query(backfill);
      const spoiled = (await client.query('select type, at from ledger_leaf where seq > 999990')).rows;
      expect(spoiled).toEqual([
        { type: null, at: null },
        { type: null, at: null },
      ]);
      await client.query('delete from ledger_leaf where seq > 999990');
      expect((await client.query(columns)).rows.map((row) => ({ ...row, seq: String(row.seq) }))).toEqual(
        before.map((row) => ({ ...row, seq: String(row['seq']) })),
      );
      await client.query('rollback');
    });
  });
});
