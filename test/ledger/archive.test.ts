import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/index.ts';
import { archiveCut, carryOut, checkSegment, findEntries, restoreArchive, streamEntries, writeSegment } from '../../src/ledger/index.ts';
import { refusalOf } from '../support/errors.ts';
import { connected, query } from '../support/postgres.ts';
import { acme, ada, entries, globex, olga, resultOf, ruleOf, stranger, untilBlocked } from '../support/world.ts';
import { type ArchiveWorld, flip, openArchiveWorld, origin, relisted, remanifested, rowsOf } from './archive-world.ts';
import { naiveLeaf, naiveRoot } from './naive-tree.ts';

let it: ArchiveWorld;
beforeEach(async () => {
  it = await openArchiveWorld();
});
afterEach(() => it.close());

const write = (to: number, name = `to-${to}`, log = acme) =>
  writeSegment(it.world.database, { log, origin, to }, it.folder(name)).then(() => it.folder(name));
const counts = async () =>
  (await query(it.world.ownerUrl, `select count(*)::int as n, min(seq)::int as first from ledger_leaf where tenant = 'acme'`))[0];
const find = () =>
  it.world.database.transaction(acme, (trx) =>
    findEntries(trx, { log: acme, filter: { type: 'incident.acknowledge' }, order: 'OLDEST_FIRST', count: 1, direction: 'forward' }),
  );
const refused = async (work: Promise<unknown>) => {
  const { code, message } = await refusalOf(work);
  return [code, message];
};

describe('an archive', () => {
  test('is the log’s own files: bundles, tiles and a manifest, each by its digest, under a signed checkpoint', async () => {
    await it.fillTo(600);
    const folder = await write(512);
    const { manifest } = await checkSegment(folder, it.vkey);
    const bodies = (await rowsOf(it.world)).map(({ body }) => Buffer.from(body as Buffer));
    expect({ ...manifest, files: manifest.files.map(({ path }) => path) }).toEqual({
      version: 1,
      log: 'acme',
      origin,
      from: 0,
      to: 512,
      root: naiveRoot(bodies.slice(0, 512).map(naiveLeaf)).toString('hex'),
      checkpoint: (await it.ledger.checkpoint(acme))?.note,
      consistency: expect.any(Array),
      files: ['tile/entries/000', 'tile/entries/001', 'tile/0/000', 'tile/0/001', 'tile/1/000.p/2'],
    });
    for (const { path, bytes, sha256: hex } of manifest.files) {
      const content = readFileSync(join(folder, path));
      expect([content.length, sha256(content).toString('hex')]).toEqual([bytes, hex]);
    }
    expect(readFileSync(join(folder, 'tile/entries/000')).subarray(2, 2 + (bodies[0]?.length ?? 0))).toEqual(bodies[0]);
    expect(readdirSync(join(folder, '..'))).toEqual(['to-512']);
  });

  test('is cut where a bundle ends, never beyond what is signed, never where nothing is left', async () => {
    await it.fillTo(300);
    expect(await refused(write(100))).toEqual(['ledger.archive_refused', 'an archive ends at a multiple of 256, 100 is none']);
    expect(await refused(write(512))).toEqual(['ledger.archive_refused', 'the newest checkpoint covers 300 entries, not 512']);
    expect(await refused(write(0))).toEqual(['ledger.archive_refused', 'entries before 0 are stored away, so none are left before 0']);
    expect(existsSync(`${it.folder('to-512')}.partial`)).toBe(false);
    await write(256);
    expect(await refused(write(256))).toEqual(['ledger.archive_refused', `\`${it.folder('to-256')}\` is there already`]);
  });

  test('by time ends before the first entry from then on', async () => {
    await it.fillTo(600);
    await query(it.world.ownerUrl, `update ledger_leaf set at = '2020-01-01'::timestamptz + seq * interval '1 day'`);
    const cut = (days: number) => archiveCut(it.world.database, acme, new Date(Date.UTC(2020, 0, 1 + days)));
    expect(await Promise.all([cut(0), cut(255), cut(256), cut(511), cut(512), cut(9_999)])).toEqual([0, 0, 256, 256, 512, 512]);
    await query(it.world.ownerUrl, 'update ledger_leaf set at = null where seq = 300');
    expect(await cut(9_999)).toBe(256);
  });

  test('of entries of which one was altered or is missing is not written', async () => {
    await it.fillTo(256);
    await query(
      it.world.ownerUrl,
      `update ledger_leaf set body = replace(convert_from(body, 'UTF8'), '"n":7', '"n":8')::bytea where seq = 7`,
    );
    expect((await refusalOf(checkSegment(await write(256), it.vkey))).message).toBe(
      '`tile/entries/000` of the archive: entry 7 does not hash to its place in the tree',
    );
    await query(it.world.ownerUrl, 'delete from ledger_leaf where seq = 7');
    expect(await refused(write(256, 'again'))).toEqual(['ledger.archive_refused', '1 of the entries from 0 on are missing']);
  });
});

describe('to take entries out of the database', () => {
  test('needs a decision that names this very archive', async () => {
    await it.fillTo(600);
    const folder = await write(512);
    const { digest } = await checkSegment(folder, it.vkey);
    const input = { beforeSeq: 512, manifestDigest: digest, justification: 'older than we keep' };
    const attempt = () => refusalOf(carryOut(it.parts, folder, it.vkey));
    const none = `no decision in log \`acme\` allows the entries before 512 to leave for the archive ${digest}`;
    expect((await attempt()).message).toBe(none);
    expect(ruleOf(await it.world.govern('ledger.archive', ada, input))).toBe('DENY default.no_grant');
    resultOf(await it.world.govern('ledger.archive', olga, { ...input, beforeSeq: 256 }));
    resultOf(await it.world.govern('ledger.archive', olga, { ...input, manifestDigest: `sha256:${'0'.repeat(64)}` }));
    expect((await attempt()).message).toBe(none);
    expect(await counts()).toMatchObject({ first: 0 });
    resultOf(await it.world.govern('ledger.archive', olga, input));
    expect((await carryOut(it.parts, folder, it.vkey)).deleted).toBe(512);
  });

  test('is not asked for what cannot be', async () => {
    await it.fillTo(300);
    const ask = (beforeSeq: number, who = olga) =>
      it.world.govern('ledger.archive', who, {
        beforeSeq,
        manifestDigest: `sha256:${'0'.repeat(64)}`,
        justification: 'older than we keep',
      });
    expect((await refusalOf(ask(100))).code).toBe('ledger.archive_refused');
    expect((await refusalOf(ask(512))).code).toBe('ledger.archive_refused');
    expect((await refusalOf(ask(256, stranger))).message).toBe('the newest checkpoint covers 0 entries, not 256');
  });

  test('an entry that says it allows, but is not in the tree, allows nothing', async () => {
    await it.fillTo(600);
    const folder = await write(512);
    const { digest } = await checkSegment(folder, it.vkey);
    await query(
      it.world.ownerUrl,
      `update ledger_leaf set type = 'ledger.archive', result = 'ALLOW', body = convert_to(replace(convert_from(body, 'UTF8'), '"data":{', $1), 'UTF8') where seq = 599`,
      [`"data":{"effect":{"beforeSeq":512,"manifestDigest":"${digest}"},`],
    );
    expect((await refusalOf(carryOut(it.parts, folder, it.vkey))).code).toBe('ledger.archive_refused');
  });

  test('leaves the tree, and says everywhere that they are stored away and not that there were none', async () => {
    await it.fillTo(600);
    const before = await find();
    expect([before.totalCount, before.archivedBefore]).toEqual([600, 0]);
    const cursor = before.leaves[0]?.cursor;
    const stream = await streamEntries(it.world.database, acme, {});
    const folder = await it.allowed('first', 512);
    const tiles = await query(it.world.ownerUrl, 'select * from ledger_tile where level = 0 and index < 2 order by index');
    await carryOut(it.parts, folder, it.vkey);
    expect(await counts()).toMatchObject({ first: 512 });
    expect(await query(it.world.ownerUrl, 'select * from ledger_tile where level = 0 and index < 2 order by index')).toEqual(tiles);

    const after = await find();
    expect([after.totalCount, after.archivedBefore, after.leaves[0]?.leaf.seq]).toEqual([88, 512, 512]);
    const paged = await it.world.database.transaction(acme, (trx) =>
      findEntries(trx, {
        log: acme,
        filter: { type: 'incident.acknowledge' },
        order: 'OLDEST_FIRST',
        count: 1,
        direction: 'forward',
        cursor,
      }),
    );
    expect([paged.size, paged.archivedBefore, paged.leaves[0]?.leaf.seq]).toEqual([600, 512, 512]);
    expect((await refusalOf(stream.pages.next())).message).toBe('entries of log `acme` before 512 were stored away while they were read');
    const timeline = await it.world.govern('ledger.read_timeline', ada, { subject: 'incident:other' });
    expect([Object(timeline.result).entries[0].seq, Object(timeline.result).archivedBefore]).toEqual([512, 512]);

    const [told] = await entries(it.world, 'ledger.archived');
    const { digest, manifest } = await checkSegment(folder, it.vkey);
    const [allowing] = await entries(it.world, 'ledger.archive');
    expect(told).toMatchObject({
      subject: 'ledger:acme',
      actor: { id: 'system:ledger', kind: 'system' },
      data: { from: 0, to: 512, root: manifest.root, manifestDigest: digest, allowedBy: allowing?.['id'] },
    });
    // The log goes on: what is signed later continues what was.
    await it.fillTo(800);
    expect((await checkSegment(await write(768), it.vkey)).manifest).toMatchObject({ from: 512, to: 768 });
  });

  test('under a page that is being read makes no hole in it: it is read again', async () => {
    await it.fillTo(600);
    const page = await connected(it.world.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query('lock table ledger_leaf in access exclusive mode');
      const reading = find();
      await untilBlocked(it.world, 1); // it knows by now that nothing is stored away
      await client.query(`insert into ledger_archive values ('acme', 0, 512, 'sha256:', '', 'ent_')`);
      await client.query('delete from ledger_leaf where seq < 512');
      await client.query('commit');
      return reading;
    });
    expect([page.archivedBefore, page.totalCount, page.leaves[0]?.leaf.seq]).toEqual([512, 88, 512]);
  });

  test('is for the owner of the tables alone', async () => {
    await it.fillTo(300);
    for (const statement of [
      'delete from ledger_leaf',
      `insert into ledger_archive (tenant, first, until, manifest, root, allowed_by) values ('acme', 0, 256, '', '', '')`,
      'delete from ledger_archive',
      'update ledger_archive set until = 512',
    ]) {
      await expect(query(it.world.appUrl, `set countersign.tenant = 'acme'; ${statement}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('a folder that was not finished is written anew', async () => {
    await it.fillTo(300);
    const whole = await write(256, 'whole');
    cpSync(whole, `${it.folder('broken')}.partial`, { recursive: true });
    rmSync(join(`${it.folder('broken')}.partial`, 'archive.json'));
    writeFileSync(join(`${it.folder('broken')}.partial`, 'tile/entries/000'), 'half');
    expect((await checkSegment(await write(256, 'broken'), it.vkey)).manifest.to).toBe(256);
  });

  test('goes on where the archives before ended, and not elsewhere', async () => {
    await it.fillTo(600);
    const early = await it.allowed('early', 512);
    const first = await it.allowed('first', 256);
    await carryOut(it.parts, first, it.vkey);
    expect((await refusalOf(carryOut(it.parts, early, it.vkey))).message).toBe(
      'the entries before 512 of log `acme` do not begin where the archives before end, or are in another one',
    );
    expect(await counts()).toMatchObject({ first: 256 });
    const second = await it.allowed('second', 512);
    expect((await checkSegment(second, it.vkey)).manifest).toMatchObject({ from: 256, to: 512 });
    expect((await carryOut(it.parts, second, it.vkey)).deleted).toBe(256);
  });
});

describe('to restore', () => {
  test('brings every row back, byte for byte, newest archive first', async () => {
    await it.fillTo(600);
    const before = await rowsOf(it.world);
    const first = await it.allowed('first', 256);
    await carryOut(it.parts, first, it.vkey);
    const next = await it.allowed('next', 512);
    await carryOut(it.parts, next, it.vkey);
    expect(await refused(restoreArchive(it.parts, first, it.vkey))).toEqual([
      'ledger.archive_refused',
      'the archive ends at 256, the newest one of log `acme` at 512',
    ]);
    expect((await restoreArchive(it.parts, next, it.vkey)).inserted).toBe(256);
    expect(await find()).toMatchObject({ archivedBefore: 256 });
    expect((await restoreArchive(it.parts, first, it.vkey)).inserted).toBe(256);
    expect((await rowsOf(it.world)).slice(0, 600)).toEqual(before);
    expect((await find()).totalCount).toBe(600);
    expect((await entries(it.world, 'ledger.restored')).map(({ data }) => Object(data).to)).toEqual([512, 256]);
    expect(await refused(restoreArchive(it.parts, first, it.vkey))).toEqual([
      'ledger.archive_refused',
      'no entries of log `acme` are stored away',
    ]);
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    ['a byte of a body', flip('tile/entries/001', 40), /^`tile\/entries\/001` of the archive: its SHA-256/],
    ['a body and its digest', relisted('tile/entries/001', 40), /^`tile\/entries\/001` of the archive: entry 256 does not hash/],
    [
      'the manifest, so that it is another archive of the same',
      remanifested((manifest) => ({ ...manifest, consistency: [] })),
      /^`archive.json` of the archive: its checkpoint/,
    ],
  ])('an archive that was altered brings nothing back, and the file is named: %s', async (_what, alter, message) => {
    await it.fillTo(600);
    const folder = await it.allowed('first', 512);
    await carryOut(it.parts, folder, it.vkey);
    const before = [await rowsOf(it.world), await find()];
    alter(folder);
    const refusal = await refusalOf(restoreArchive(it.parts, folder, it.vkey));
    expect(refusal.code).toBe('ledger.archive_corrupt');
    expect(refusal.message).toMatch(message);
    expect([await rowsOf(it.world), await find()]).toEqual(before);
  });

  test.each([
    ['an entry’s hash', 0, 1, '`tile/entries/001` of the archive: entry 256 is not the one that the log has there'],
    ['a node', 1, 0, '`archive.json` of the archive: its root is not the one that log `acme` has at 512'],
  ])('to a database whose tree was altered is refused, and nothing is inserted: %s', async (_what, level, index, message) => {
    await it.fillTo(600);
    const folder = await it.allowed('first', 512);
    await carryOut(it.parts, folder, it.vkey);
    const left = await counts();
    await query(
      it.world.ownerUrl,
      'update ledger_tile set hashes = set_byte(hashes, 0, 255 - get_byte(hashes, 0)) where level = $1 and index = $2',
      [level, index],
    );
    expect((await refusalOf(restoreArchive(it.parts, folder, it.vkey))).message).toBe(message);
    expect(await counts()).toEqual(left);
  });

  test('another archive of the same entries is not the one that was put away', async () => {
    await it.fillTo(600);
    const folder = await it.allowed('first', 512);
    await it.fillTo(700);
    const other = await write(512, 'other'); // a newer checkpoint in it
    await carryOut(it.parts, folder, it.vkey);
    expect((await refusalOf(restoreArchive(it.parts, other, it.vkey))).message).toMatch(
      /^archive.json has the digest sha256:[0-9a-f]{64}, stored away was sha256:[0-9a-f]{64}$/,
    );
  });

  test('again after a run that did not come to its end, and over what it left', async () => {
    await it.fillTo(600);
    const before = await rowsOf(it.world);
    const folder = await it.allowed('first', 512);
    await carryOut(it.parts, folder, it.vkey);
    const half = before[3];
    await query(
      it.world.ownerUrl,
      `insert into ledger_leaf (tenant, seq, entry_id, body, hash, type, actor, result, rule, at) values ('acme', 3, $1, $2, $3, $4, $5, $6, $7, $8)`,
      ['entry_id', 'body', 'hash', 'type', 'actor', 'result', 'rule', 'at'].map((column) => half?.[column]),
    );
    expect((await restoreArchive(it.parts, folder, it.vkey)).inserted).toBe(511);
    expect((await rowsOf(it.world)).slice(0, 600)).toEqual(before);
    // What was allowed once was done, and undone: to do it again takes another decision.
    expect((await refusalOf(carryOut(it.parts, folder, it.vkey))).code).toBe('ledger.archive_refused');
  });

  test('does not overwrite an entry that somebody put in its place', async () => {
    await it.fillTo(600);
    const folder = await it.allowed('first', 512);
    await carryOut(it.parts, folder, it.vkey);
    await query(it.world.ownerUrl, `insert into ledger_leaf (tenant, seq, entry_id, body, hash) values ('acme', 300, 'x', '{}', '')`);
    expect((await refusalOf(restoreArchive(it.parts, folder, it.vkey))).message).toBe('the database has another entry 300');
  });

  test('of one tenant says nothing of another', async () => {
    await it.fillTo(300);
    await carryOut(it.parts, await it.allowed('first', 256), it.vkey);
    const theirs = await it.world.database.transaction(globex, (trx) =>
      findEntries(trx, { log: globex, filter: {}, order: 'OLDEST_FIRST', count: 1, direction: 'forward' }),
    );
    expect(theirs.archivedBefore).toBe(0);
  });
});
