import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { verifyCheckpoint, verifyProof } from '../../src/ledger/verify/index.ts';
import { naiveLeaf, naiveRoot } from '../ledger/naive-tree.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { query } from '../support/postgres.ts';

const soon = { timeout: 10_000, interval: 10 };
let gateway: TestGateway;
const get = async (path: string, identity = 'auditor', init: RequestInit = {}) =>
  gateway.send(path, { ...init, headers: { authorization: `Bearer ${await gateway.token(identity)}` } });
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());
const reads = async () =>
  (await query(gateway.database.ownerUrl, `select body from ledger_leaf where tenant = 'alpha' order by seq`))
    .map(({ body }) => JSON.parse(String(body)))
    .filter(({ type }) => type === 'ledger.read_log');

beforeAll(async () => {
  gateway = await startTestGateway();
  for (let n = 0; n < 3; n += 1) {
    await gateway.graphql(
      'org-admin',
      `mutation { setFlag(input: { key: "k${n}", enabled: true, justification: "a good reason" }) { decision { result } } }`,
    );
  }
});
afterAll(() => gateway.stop());

/** A checkpoint that covers at least so many entries, and its text. */
async function checkpointOf(size: number) {
  const note = await vi.waitFor(async () => {
    const text = await (await get('/ledger/alpha/checkpoint')).text();
    expect(Number(text.split('\n')[1])).toBeGreaterThanOrEqual(size);
    return text;
  }, soon);
  return { note, size: Number(note.split('\n')[1]) };
}

describe('a log is served as C2SP tlog-tiles', () => {
  test('whose entries and tiles lead to its checkpoint', async () => {
    const { note, size } = await checkpointOf(4);
    const [key] = await Promise.all([
      gateway.graphql<{ checkpoint: { verifierKey: string } }>('auditor', '{ checkpoint { verifierKey } }'),
    ]);
    const { root } = verifyCheckpoint(note, key.data.checkpoint.verifierKey);
    const bundle = await bytes(await get(`/ledger/alpha/tile/entries/000.p/${size}`));
    const bodies: Buffer[] = [];
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at))
      bodies.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)));
    const tile = await bytes(await get(`/ledger/alpha/tile/0/000.p/${size}`));
    expect(bodies).toHaveLength(size);
    expect(tile).toEqual(Buffer.concat(bodies.map(naiveLeaf)));
    expect(naiveRoot(bodies.map(naiveLeaf))).toEqual(root);
    expect(
      createHash('sha256')
        .update(await bytes(await get('/ledger/alpha/tile/0/000.p/2')))
        .digest(),
    ).toEqual(createHash('sha256').update(tile.subarray(0, 64)).digest());
    expect(await (await get('/ledger/alpha/rotations.json')).json()).toEqual([]);
  });

  test('with headers that say what a cache may keep', async () => {
    const headersOf = async (path: string) => {
      const { status, headers } = await get(path);
      return [status, headers.get('content-type'), headers.get('cache-control')];
    };
    expect(await headersOf('/ledger/alpha/checkpoint')).toEqual([200, 'text/plain; charset=utf-8', 'private, no-cache']);
    expect(await headersOf('/ledger/alpha/tile/0/000.p/1')).toEqual([
      200,
      'application/octet-stream',
      'private, max-age=31536000, immutable',
    ]);
    const head = await get('/ledger/alpha/tile/0/000.p/1', 'auditor', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '32', '']);
  });

  test('to one decision for many files, and again for who acts from elsewhere', async () => {
    const before = (await reads()).length;
    const other = await gateway.token('release-bot');
    const asOther = { headers: { authorization: `Bearer ${other}` } };
    await Promise.all(Array.from({ length: 8 }, () => gateway.send('/ledger/alpha/checkpoint', asOther)));
    await gateway.send('/ledger/alpha/tile/0/000.p/1', asOther);
    expect((await reads()).length - before).toBe(1);
    const moved = { headers: { ...asOther.headers, 'x-forwarded-for': '203.0.113.9' } };
    expect((await gateway.send('/ledger/alpha/checkpoint', moved)).status).toBe(200); // no proxy of ours said so: the same caller
    expect((await reads()).length - before).toBe(1);
  });
});

describe('a log is not served', () => {
  test.each([
    ['/ledger/alpha/tile/0/000', 404],
    ['/ledger/alpha/tile/0/001', 404],
    ['/ledger/alpha/tile/0/000.p/255', 404],
    ['/ledger/alpha/tile/0/000.p/0', 404],
    ['/ledger/alpha/tile/0/000.p/01', 404],
    ['/ledger/alpha/tile/0/x000/000.p/1', 404],
    ['/ledger/alpha/tile/00/000.p/1', 404],
    ['/ledger/alpha/tile/1/000.p/1', 404],
    ['/ledger/alpha/tile/entries/000.p/256', 404],
    ['/ledger/alpha/../beta/checkpoint', 404],
    ['/ledger/alpha', 404],
    ['/ledger/alpha/', 404],
    ['/ledger/', 404],
    ['/ledger/beta/checkpoint', 404],
    ['/ledger/meta/checkpoint', 404],
  ])('under %s', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test('to nobody, nor to who may not read it, and that is ledgered', async () => {
    expect((await gateway.send('/ledger/alpha/checkpoint')).status).toBe(401);
    const before = (await reads()).length;
    const response = await get('/ledger/alpha/checkpoint', 'viewer');
    expect([response.status, response.headers.get('x-ig-rule-id')]).toEqual([403, expect.stringContaining('.')]);
    expect((await reads()).at(before)).toMatchObject({ data: { decision: { result: 'DENY' } } });
  });
});

test('a proof over GraphQL that the log continues what it was, and a receipt as a file', async () => {
  const { size } = await checkpointOf(4);
  const { data } = await gateway.graphql<{
    consistencyProof: { decision: { result: string }; proof: { from: number; to: number; path: string[] } };
  }>('auditor', '{ consistencyProof(from: 2) { decision { result } proof { from to path checkpoint } } }');
  expect(data.consistencyProof.decision.result).toBe('ALLOW');
  expect(data.consistencyProof.proof).toMatchObject({ from: 2, path: expect.arrayContaining([expect.stringMatching(/^[0-9a-f]{64}$/)]) });
  expect(data.consistencyProof.proof.to).toBeGreaterThanOrEqual(size);
  const beyond = await gateway.graphql('auditor', '{ consistencyProof(from: 900000) { decision { result } } }');
  expect(beyond.errors?.[0]?.extensions['code']).toBe('ledger.out_of_range');
  const [entry] = await query(gateway.database.ownerUrl, `select entry_id from ledger_leaf where tenant = 'alpha' and seq = 1`);
  const proof = await gateway.graphql<{
    entryProof: { proof: { leaf: string; seq: number; path: string[]; checkpoint: string; verifierKey: string; tlogProof: string } };
  }>('auditor', `{ entryProof(entryId: "${String(entry?.['entry_id'])}") { proof { leaf seq path checkpoint verifierKey tlogProof } } }`);
  const { tlogProof, ...plain } = proof.data.entryProof.proof;
  expect(verifyProof(plain, plain.verifierKey)).toMatchObject({ seq: 1 });
  expect(tlogProof.split('\n').slice(0, 3)).toEqual([
    'c2sp.org/tlog-proof@v1',
    `extra ${Buffer.from(plain.leaf).toString('base64')}`,
    'index 1',
  ]);
  expect(tlogProof.endsWith(`\n\n${plain.checkpoint}`)).toBe(true);
});
