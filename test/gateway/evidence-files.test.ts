import { randomFillSync } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { query } from '../support/postgres.ts';

const soon = { timeout: 10_000, interval: 10 };
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const some = (size: number): Buffer<ArrayBuffer> => randomFillSync(Buffer.alloc(size));
const send = async (
  method: string,
  digest: string,
  body?: Buffer<ArrayBuffer>,
  identity = 'release-bot',
  headers: Record<string, string> = {},
) => {
  const authorization = `Bearer ${await gateway.token(identity)}`;
  return gateway.send(`/evidence/files/${digest}`, { method, body: body ?? null, headers: { ...headers, authorization } });
};
const put = (bytes: Buffer<ArrayBuffer>, identity?: string, digest = digestOf(bytes)) => send('PUT', digest, bytes, identity);
const left = async (digest: string) => {
  const [row] = await query(
    gateway.database.ownerUrl,
    `select (select count(*)::int from evidence_file where digest = $1) as files, (select count(*)::int from evidence_blob where digest = $1) as blobs,
      (select count(*)::int from evidence_chunk where not exists (select from evidence_file f where f.tenant = evidence_chunk.tenant and f.blob = evidence_chunk.blob)) as orphans`,
    [digest],
  );
  return [row?.['files'], row?.['blobs'], row?.['orphans']];
};

/** One request by hand: what it said before its body was sent, and its answer. */
async function byHand(
  digest: string,
  headers: Record<string, string | number>,
  body: (sending: ReturnType<typeof request>) => void,
  as = 'release-bot',
) {
  const authorization = `Bearer ${await gateway.token(as)}`;
  const { promise, resolve, reject } = Promise.withResolvers<{ invited: boolean; status: number | undefined }>();
  let invited = false;
  const sending = request(`${gateway.url}/evidence/files/${digest}`, {
    method: 'PUT',
    agent: false,
    headers: { authorization, ...headers },
  });
  sending.on('continue', () => {
    invited = true;
    body(sending);
  });
  sending.on('response', (response) => {
    response.resume();
    resolve({ invited, status: response.statusCode });
    sending.destroy();
  });
  sending.on('error', reject);
  if (headers['expect'] === undefined) body(sending);
  else sending.flushHeaders();
  return promise;
}

describe('a file is uploaded', () => {
  test.each([0, 1, 1_048_577, 3_500_000])('of %i bytes, whatever other bodies may have, once', async (size) => {
    const bytes = some(size);
    expect((await put(bytes)).status).toBe(201);
    expect((await put(bytes)).status).toBe(200);
    expect(await left(digestOf(bytes))).toEqual([1, 1, 0]);
    const head = await send('HEAD', digestOf(bytes));
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      200,
      String(size),
      `"${digestOf(bytes)}"`,
    ]);
  });

  test('whose sender asks first whether it is wanted', async () => {
    const bytes = some(10);
    const headers = { 'content-length': 10, expect: '100-continue' };
    expect(await byHand(digestOf(bytes), headers, (sending) => sending.end(bytes))).toEqual({ invited: true, status: 201 });
    expect(await byHand(digestOf(bytes), headers, (sending) => sending.end(bytes))).toEqual({ invited: false, status: 200 });
  });

  test('by each tenant for itself', async () => {
    const bytes = some(20);
    await put(bytes);
    expect((await send('HEAD', digestOf(bytes), undefined, 'release-bot@beta')).status).toBe(404);
    expect((await put(bytes, 'release-bot@beta')).status).toBe(201);
    expect(await left(digestOf(bytes))).toEqual([2, 2, 0]);
  });
});

describe('an upload is refused', () => {
  test('that is not what it says it is; nothing is left', async () => {
    const [bytes, other] = [some(2_000_000), some(2_000_000)];
    const answer = await put(other, 'release-bot', digestOf(bytes));
    expect([answer.status, (await answer.json()).code]).toEqual([422, 'evidence.upload_mismatch']);
    expect(await left(digestOf(bytes))).toEqual([0, 0, 0]);
  });

  test.each([
    ['an auditor', 'auditor', 403, 'policy.denied'],
    ['a viewer', 'viewer', 403, 'policy.denied'],
  ])('of %s, before its body is asked for', async (_who, identity, status) => {
    const bytes = some(10);
    const said = await byHand(digestOf(bytes), { 'content-length': 10, expect: '100-continue' }, (sending) => sending.end(bytes), identity);
    expect(said).toEqual({ invited: false, status });
    expect(await left(digestOf(bytes))).toEqual([0, 0, 0]);
  });

  test('that does not say how long it is, or is too long, before its body is asked for', async () => {
    const digest = digestOf(some(10));
    const ask = (headers: Record<string, string | number>) =>
      byHand(digest, { expect: '100-continue', ...headers }, (sending) => sending.end('x'));
    expect(await ask({ 'transfer-encoding': 'chunked' })).toEqual({ invited: false, status: 411 });
    expect(await ask({ 'content-length': 5 * 1024 ** 3 + 1 })).toEqual({ invited: false, status: 413 });
    expect(await left(digest)).toEqual([0, 0, 0]);
  });

  test('that ends before its end; nothing is left', async () => {
    const digest = digestOf(some(11));
    await expect(
      byHand(digest, { 'content-length': 5_000_000 }, (sending) => {
        sending.write(
          some(2_500_000),
          () => void vi.waitFor(async () => expect((await left(digest))[2]).toBeGreaterThan(0), soon).then(() => sending.destroy()),
        );
      }),
    ).rejects.toThrow('socket hang up');
    await vi.waitFor(async () => expect(await left(digest)).toEqual([0, 0, 0]), soon);
  });

  test.each(['sha256:00', `sha256:${'AB'.repeat(32)}`, `sha512:${'ab'.repeat(32)}`, `sha256:${'ab'.repeat(32)}/x`, ''])(
    'under the name %j',
    async (digest) => {
      expect((await send('PUT', digest, some(1))).status).toBe(404);
    },
  );

  test('by nobody', async () => {
    expect((await gateway.send(`/evidence/files/${digestOf(some(1))}`, { method: 'PUT', body: 'x' })).status).toBe(401);
  });

  test('in another way', async () => {
    const answer = await send('POST', digestOf(some(1)), some(1));
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'PUT, HEAD']);
  });
});

describe('to ask which files are there', () => {
  const looks = async () =>
    (
      await query(
        gateway.database.ownerUrl,
        `select result from ledger_leaf where tenant = 'alpha' and type = 'evidence.list' order by seq`,
      )
    ).map(({ result }) => result);

  test('is one decision for some minutes, and none for who may not look', async () => {
    const before = (await looks()).length;
    const authorization = `Bearer ${await gateway.token('sre')}`;
    const head = (digest: string) => gateway.send(`/evidence/files/${digest}`, { method: 'HEAD', headers: { authorization } });
    expect((await Promise.all([1, 2, 3].map(() => head(digestOf(some(5)))))).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await looks()).slice(before)).toEqual(['ALLOW']);
    expect((await send('HEAD', digestOf(some(5)), undefined, 'viewer')).status).toBe(403);
    expect((await looks()).slice(before)).toEqual(['ALLOW', 'DENY']);
  });
});

test('without a policy for evidence nothing is published', async () => {
  const manifest = Buffer.from('{}\n');
  await put(manifest);
  const { data } = await gateway.graphql<{ publishEvidence: { decision: { explanation: string } } }>(
    'release-bot',
    'mutation ($input: PublishEvidenceInput!) { publishEvidence(input: $input) { decision { explanation } published { first } } }',
    { input: { manifest: digestOf(manifest), signatures: [] } },
  );
  expect(data.publishEvidence).toEqual({ decision: { explanation: 'the bundle does not verify: policy.missing' }, published: null });
});
