import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { entryTable } from '../../src/cli/ledger/entry-table.ts';
import { type JsonObject, newId } from '../../src/core/index.ts';
import {
  cloudEvents,
  csv,
  type EntryFormat,
  jsonl,
  type Ledger,
  leafHash,
  type SequencedLeaf,
  streamEntries,
  writeEntries,
} from '../../src/ledger/index.ts';
import { acme, commit, entryWith, ledgerOver } from '../support/ledger.ts';
import { connected, openTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { parseCsv } from './parse-csv.ts';

const id = newId('entry', new Date('2026-03-02T10:00:00Z'));
const decision = {
  result: 'DENY',
  ruleId: 'core.purpose',
  explanation: 'no "purpose", none',
  decisionId: 'dec_1',
  purpose: 'record',
};

function leafOf(over: JsonObject = {}): SequencedLeaf {
  const entry = { ...entryWith({ decision }, id), ...over };
  const body = Buffer.from(JSON.stringify({ ...entry, v: 1, log: 'acme', seq: 5, prev: null }));
  return { seq: 5, entryId: id, body, hash: leafHash(body) };
}

const line = (format: EntryFormat, leaf: SequencedLeaf = leafOf()) => Buffer.from(format.write(leaf)).toString('utf8');

describe('CSV', () => {
  test('is a header and a row an entry: RFC 4180, CRLF, quotes doubled, UTC', () => {
    expect(csv.head).toBe('seq,id,ts,type,subject,actor,actor_kind,result,rule,explanation,decision_id,purpose,leaf_hash\r\n');
    expect(line(csv)).toBe(
      `5,${id},2026-03-02T10:00:00.000Z,incident.acknowledge,incident:inc_1,usr_1,human,DENY,core.purpose,"no ""purpose"", none",dec_1,record,${leafOf().hash.toString('hex')}\r\n`,
    );
  });

  test('leaves empty what an entry does not have', () => {
    expect(line(csv, leafOf({ data: { checkpoint: 'x' } }))).toBe(
      `5,${id},2026-03-02T10:00:00.000Z,incident.acknowledge,incident:inc_1,usr_1,human,,,,,,${leafOf({ data: { checkpoint: 'x' } }).hash.toString('hex')}\r\n`,
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1', '=HYPERLINK("https://x","y")'])(
    'does not let a spreadsheet run %j',
    (formula) => {
      const [row] = parseCsv(line(csv, leafOf({ actor: { id: formula, kind: 'human' } })));
      expect(row?.[5]).toBe(`'${formula}`);
    },
  );

  test('reads back as it was, whatever stands in a cell', () => {
    const texts = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
    const property = fc.property(texts, (text) => {
      const rows = parseCsv(line(csv, leafOf({ subject: text })));
      expect(rows.length).toBe(1);
      expect(rows[0]?.length).toBe(13);
      expect([text, `'${text}`]).toContain(rows[0]?.[4]);
      expect(rows[0]?.[4]).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
    });
    fc.assert(property, { numRuns: 2_000, seed: 3 });
  });
});

describe('CloudEvents', () => {
  const format = cloudEvents('ledger.example/acme');
  // zod takes `uri-reference` for a whole URL: what the schema asks for there is asked for below.
  const schema = z.fromJSONSchema(
    JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/cloudevents/cloudevents.json'), 'utf8'), (name, value) =>
      name === 'format' && value === 'uri-reference' ? undefined : value,
    ),
  );

  test('are the entry with its place, its whole leaf as data', () => {
    const leaf = leafOf();
    expect(JSON.parse(line(format, leaf))).toEqual({
      specversion: '1.0',
      id,
      source: 'ledger.example/acme',
      type: 'incident.acknowledge',
      subject: 'incident:inc_1',
      time: '2026-03-02T10:00:00.000Z',
      datacontenttype: 'application/json',
      ledgerlog: 'acme',
      ledgerseq: '5',
      data: JSON.parse(leaf.body.toString()),
    });
    expect(line(format, leaf)).toContain(`"data":${leaf.body.toString()}}\n`);
  });

  test('fit the schema of CloudEvents 1.0, and their attributes its rules for names', () => {
    const event = JSON.parse(line(format));
    expect(schema.safeParse(event)).toMatchObject({ success: true });
    expect(new URL(event.source, 'https://base.example/').href).toBe('https://base.example/ledger.example/acme');
    expect(Object.keys(event).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
    for (const broken of [
      { ...event, id: '' },
      { ...event, source: undefined },
      { ...event, type: 7 },
      { ...event, specversion: '' },
    ]) {
      expect(schema.safeParse(JSON.parse(JSON.stringify(broken))).success).toBe(false);
    }
  });

  test('are not made of what is no entry', () => {
    const body = Buffer.from('[]');
    expect(() => format.write({ seq: 5, entryId: id, body, hash: leafHash(body) })).toThrow('entry 5 is not what an entry is');
  });
});

test('JSONL is the bodies, byte for byte', () => {
  expect(line(jsonl)).toBe(`${leafOf().body.toString()}\n`);
});

test('a table moves no cursor and holds a line an entry', () => {
  expect(line(entryTable, leafOf({ actor: { id: 'a\n\u001b[2Jb', kind: 'human' } }))).toBe(
    `${[
      '5       ',
      '2026-03-02T10:00:00.000Z',
      'DENY   ',
      'incident.acknowledge        ',
      'a\uFFFD\uFFFD[2Jb'.padEnd(28),
      'incident:inc_1'.padEnd(48),
      'core.purpose',
    ].join('  ')}\n`,
  );
});

describe('a stream of 20,000 entries', () => {
  const SIZE = 20_000;
  let db: TestDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    db = await openTestDatabase();
    ledger = ledgerOver(db.database);
    await ledger.acknowledge(acme, await commit(db.database, ledger, entryWith({ first: true })));
    await ledger.stop();
    await connected(db.ownerUrl, async (client) => {
      await client.query(`
        insert into ledger_leaf (tenant, seq, entry_id, body, hash, type)
        select 'acme', n, 'ent_' || n, convert_to('{"seq":' || n || '}', 'UTF8'), '', case when n % 2 = 0 then 'even' else 'odd' end
        from generate_series(1, ${SIZE - 1}) n`);
      await client.query(`update ledger_head set size = ${SIZE}`);
    });
  });
  afterAll(() => db.close());

  /** Pages as they are read, counted, and a reader that takes its time: how far the one gets before the other. */
  async function drain(format: EntryFormat, filter: Parameters<typeof streamEntries>[2]) {
    const seen = { read: 0, taken: 0, furthest: 0, chunks: 0 };
    const severalPages = async () => {
      const { pages: others } = await streamEntries(db.database, acme, {});
      for (let n = 0; n < 4; n += 1) await others.next();
    };
    const { pages } = await streamEntries(db.database, acme, filter);
    async function* counted() {
      for await (const leaves of pages) {
        seen.read += leaves.length;
        seen.furthest = Math.max(seen.furthest, seen.read - seen.taken);
        yield leaves;
      }
    }
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        const taken = () => {
          seen.taken += chunk.toString('latin1').split('\n').length - 1;
          done();
        };
        // At first it takes a chunk in the time that several pages would need: whoever reads ahead gets far.
        seen.chunks += 1;
        if (seen.chunks > 40) taken();
        else severalPages().then(taken, done);
      },
    });
    return { written: await writeEntries(counted(), format, slow), ...seen };
  }

  test.each([
    ['JSONL', jsonl],
    ['CSV', csv],
  ] as const)('as %s holds at most some pages at once, however slow its reader', async (_name, format) => {
    const { written, read, furthest } = await drain(format, {});
    expect([written, read]).toEqual([SIZE, SIZE]);
    expect(furthest).toBeLessThanOrEqual(4 * 256);
  });

  test('with a condition holds no more', async () => {
    const { written, read, furthest } = await drain(jsonl, { type: 'odd' });
    expect([written, read]).toEqual([SIZE / 2, SIZE / 2]);
    expect(furthest).toBeLessThanOrEqual(4 * 256);
  });

  test('whose reader goes away ends the reading', async () => {
    const { pages } = await streamEntries(db.database, acme, {});
    const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
    await expect(writeEntries(pages, jsonl, gone)).rejects.toThrow('gone');
    expect(await pages.next()).toEqual({ done: true, value: undefined });
  });
});
