import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, tenantId } from '../../src/core/index.ts';
import { Ledger, LedgerKey } from '../../src/ledger/index.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { eventually } from '../support/deadline.ts';
import { makeFolder } from '../support/folders.ts';
import { mfa } from '../support/walk.ts';

const alpha = tenantId('alpha');
const folder = makeFolder('ledger-archive');
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  const { database } = gateway.database;
  // Nothing but the outbox: the gateway's own sequencer places and signs them.
  const writer = new Ledger({
    database,
    key: LedgerKey.read(join(gateway.config.dataDir, 'ledger.pem')),
    anchor: { read: () => undefined, keep: () => undefined },
    ...gateway.config.ledger,
  });
  await database.transaction(alpha, async (trx) => {
    for (let n = 0; n < 300; n += 1) {
      const decision = { result: n % 10 === 0 ? 'DENY' : 'ALLOW', ruleId: 'flag.role_grant', explanation: `=cmd ${n}` };
      const actor = { id: `usr_${n % 3}`, kind: 'human' as const };
      await writer.append(trx, alpha, {
        id: newId('entry'),
        ts: new Date().toISOString(),
        type: 'flag.set',
        subject: 'flag:a',
        actor,
        data: { decision },
      });
    }
  });
  await eventually('all is signed', async () => (((await writer.checkpoint(alpha))?.size ?? 0) >= 300 ? true : undefined));
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

function cli(...args: string[]) {
  const { configDir, dataDir } = gateway.config;
  const { ownerUrl, appUrl } = gateway.database;
  const env = {
    COUNTERSIGN_CONFIG: configDir,
    COUNTERSIGN_DATA: dataDir,
    DATABASE_URL: ownerUrl,
    DATABASE_APP_URL: appUrl,
    WEBHOOK_TOKEN: 'x'.repeat(32),
    WEBHOOK_KEY: 'x'.repeat(32),
  };
  return runCountersign(['ledger', ...args], env, folder).endsWithin(20_000);
}
const entriesOf = (...args: string[]) => cli('entries', '--log', 'alpha', ...args);

type Page = {
  entries: {
    decision: { result: string; ruleId: string };
    page: {
      totalCount: number;
      size: number;
      archivedBefore: number;
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
      edges: { cursor: string; node: { seq: number; result: string; ruleId: string } }[];
    } | null;
  };
};
const pageOf = (who: string, args: string) =>
  gateway.graphql<Page>(
    who,
    `{ entries(${args}) { decision { result ruleId } page { totalCount size archivedBefore pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { seq result ruleId } } } } }`,
  );

describe('entries over GraphQL', () => {
  it('come in pages that stand still, forwards and backwards', async () => {
    const filter = 'filter: { result: DENY, action: "flag.set" }, order: OLDEST_FIRST';
    const first = (await pageOf('auditor', `${filter}, first: 20`)).data.entries.page;
    expect([first?.totalCount, first?.edges.map(({ node }) => node.seq)]).toEqual([30, Array.from({ length: 20 }, (_, n) => 10 * n)]);
    expect(first?.edges[0]?.node).toEqual({ seq: 0, result: 'DENY', ruleId: 'flag.role_grant' });
    const rest = (await pageOf('auditor', `${filter}, first: 20, after: "${first?.pageInfo.endCursor}"`)).data.entries.page;
    expect(rest).toMatchObject({ totalCount: 30, size: first?.size, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect(rest?.edges.map(({ node }) => node.seq)).toEqual(Array.from({ length: 10 }, (_, n) => 200 + 10 * n));
    const back = (await pageOf('auditor', `${filter}, last: 2, before: "${rest?.pageInfo.startCursor}"`)).data.entries.page;
    expect(back?.edges.map(({ node }) => node.seq)).toEqual([180, 190]);
  });

  it('refuse a cursor of another filter or tenant, and what is not a page, with a code and what to do', async () => {
    const { data } = await pageOf('auditor', 'first: 1');
    const cursor = data.entries.page?.pageInfo.endCursor;
    const codes = async (who: string, args: string) =>
      (await pageOf(who, args)).errors?.map(({ message, extensions }) => [extensions['code'], message]);
    expect(await codes('auditor', `first: 1, after: "${cursor}", filter: { result: DENY }`)).toEqual([
      ['ledger.cursor_foreign', 'the cursor is of another filter or order'],
    ]);
    expect(await codes('auditor@beta', `first: 1, after: "${cursor}"`)).toEqual([
      ['ledger.cursor_foreign', 'the cursor is of another log'],
    ]);
    expect(await codes('auditor', 'first: 1, after: "x"')).toEqual([
      ['ledger.cursor_malformed', 'this is not a cursor of a page of entries'],
    ]);
    for (const args of [
      'order: OLDEST_FIRST',
      'first: 1, last: 1',
      'first: 0',
      'first: 101',
      `before: "${cursor}"`,
      `first: 1, before: "${cursor}"`,
    ]) {
      expect((await codes('auditor', args))?.[0]?.[0], args).toBe('govern.invalid_arguments');
    }
    expect(await codes('auditor', 'last: 100, filter: {}, order: OLDEST_FIRST')).toBe(undefined);
  });

  it('are for those who may read the record, and the look is in it: what was asked for, not what it says', async () => {
    const denied = await pageOf('viewer', 'first: 1');
    expect(denied.data.entries).toMatchObject({ decision: { result: 'DENY' }, page: null });
    await pageOf('auditor', 'first: 3, filter: { actor: "usr_1", from: "2026-01-01T00:00:00+01:00" }, order: OLDEST_FIRST');
    const { data } = await gateway.graphql<{ entries: { page: { edges: { node: { data: object } }[] } } }>(
      'auditor',
      '{ entries(first: 1, filter: { action: "ledger.read_entries", result: ALLOW }) { page { edges { node { data } } } } }',
    );
    expect(data.entries.page.edges[0]?.node.data).toMatchObject({
      effect: {
        filter: { actor: 'usr_1', from: '2025-12-31T23:00:00.000Z' },
        order: 'OLDEST_FIRST',
        size: expect.any(Number),
        totalCount: 100,
        entries: 3,
        first: 1,
        last: 7,
      },
    });
  });
});

describe('entries on the command line', () => {
  it('are printed in every format, and what they are is said aside', async () => {
    const csv = await entriesOf('--result', 'DENY', '--seq', '..21', '--format', 'csv');
    expect([csv.code, csv.stdout.split('\r\n').map((row) => row.split(',').slice(7, 10))]).toEqual([
      0,
      [['result', 'rule', 'explanation'], ...[0, 10, 20].map((n) => ['DENY', 'flag.role_grant', `'=cmd ${n}`]), []],
    ]);
    expect(csv.stderr).toMatch(/^3 of the \d+ entries of log alpha\n$/);
    const events = await entriesOf('--actor', 'usr_1', '--seq', '0..5', '--format', 'cloudevents');
    expect(
      events.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).ledgerseq),
    ).toEqual(['1', '4']);
    expect(JSON.parse(events.stdout.split('\n')[0] ?? '')).toMatchObject({
      source: 'countersign.local/alpha',
      ledgerlog: 'alpha',
      specversion: '1.0',
    });
    const table = await entriesOf('--seq', '7..8');
    expect(table.stdout.split('\n')[1]).toMatch(/^7 {9}\S+Z {2}ALLOW {4}flag\.set +usr_1 +flag:a +flag\.role_grant$/);
    const file = join(folder, 'out.jsonl');
    expect((await entriesOf('--format', 'jsonl', '--out', file, '--rule', 'flag.role_grant', '--action', 'flag.set')).code).toBe(0);
    expect([readFileSync(file, 'utf8').split('\n').length - 1, existsSync(`${file}.partial`)]).toEqual([300, false]);
  });

  it.each([
    [['--seq', '5'], '--seq is `5`, which is not a stretch of places'],
    [['--from', 'yesterday'], '--from is `yesterday`, which is not a moment'],
    [['--result', 'MAYBE'], "argument 'MAYBE' is invalid"],
  ])('with %j are a wrong use', async (args, message) => {
    const { code, stderr } = await entriesOf(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('old entries', () => {
  it('are written as an archive, allowed, taken out, told of, and restored', async () => {
    const out = join(folder, 'archive');
    const [archive, carryOut] = [['archive', '--log', 'alpha', '--out', out], ['--carry-out']];
    expect(await cli(...archive)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: where to cut is not said\n/) });
    expect(await cli(...archive, '--before-seq', '250')).toMatchObject({
      code: 2,
      stderr: 'error: an archive ends at a multiple of 256, 250 is none\n  → take 0\n',
    });
    const written = await cli(...archive, '--before', '2999-01-01');
    expect([written.code, written.stdout.split('\n')[0]]).toEqual([
      0,
      `wrote entries 0 to 255 of log alpha to ${out} and checked them from there`,
    ]);
    const digest = /^archive.json (sha256:[0-9a-f]{64})$/m.exec(written.stdout)?.[1];
    expect(await cli(...archive, ...carryOut)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`no decision in log \`alpha\` allows`),
    });

    const allow =
      'mutation ($input: ArchiveLedgerInput!) { archiveLedger(input: $input) { decision { result ruleId } beforeSeq manifestDigest } }';
    const input = { beforeSeq: 256, manifestDigest: digest, justification: 'older than we keep' };
    const ask = (who: string, over = {}) => gateway.graphql<{ archiveLedger: object }>(who, allow, { input }, over);
    expect((await ask('auditor', mfa)).data.archiveLedger).toMatchObject({
      decision: { result: 'DENY' },
      beforeSeq: null,
      manifestDigest: null,
    });
    expect((await ask('org-admin')).data.archiveLedger).toMatchObject({ decision: { result: 'STEP_UP', ruleId: 'ledger.step_up' } });
    expect((await ask('org-admin', mfa)).data.archiveLedger).toMatchObject({
      decision: { result: 'ALLOW' },
      beforeSeq: 256,
      manifestDigest: digest,
    });
    expect(await cli('archive', '--log', 'beta', '--out', out, '--carry-out')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is an archive of log `alpha`'),
    });
    const done = await cli(...archive, ...carryOut);
    expect([done.code, done.stdout]).toEqual([
      0,
      `deleted 256 entries of log alpha; those before 256 are in ${out} now. Keep it in more than one place\n`,
    ]);

    expect((await entriesOf('--action', 'flag.set', '--format', 'csv')).stderr).toMatch(
      /^44 of the \d+ entries of log alpha\nentries before 256 are stored away and were not looked at\n$/,
    );
    const gone = await pageOf('auditor', 'first: 1, order: OLDEST_FIRST');
    expect(gone.data.entries.page).toMatchObject({ archivedBefore: 256, edges: [{ node: { seq: 256 } }] });

    const restored = await cli('restore', '--archive', out);
    expect([restored.code, restored.stdout]).toEqual([0, 'restored 256 entries of log alpha, from 0 to 255\n']);
    expect((await entriesOf('--action', 'flag.set', '--format', 'csv')).stderr).toMatch(/^300 of the \d+ entries of log alpha\n$/);
    expect(await cli('restore', '--archive', out)).toMatchObject({
      code: 2,
      stderr: 'error: no entries of log `alpha` are stored away\n  → there is nothing to restore\n',
    });
  }, 120_000);
});
