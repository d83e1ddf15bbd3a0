import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expire } from '../../src/catalog/workers.ts';
import { type BlobId, digestOf, isId } from '../../src/core/index.ts';
import { query } from '../support/postgres.ts';
import { acme, entries, noon, olga, resultOf, ruleOf } from '../support/world.ts';
import { bob, type CatalogWorld, openCatalogWorld, published, upload } from './catalog-world.ts';

let world: CatalogWorld;
beforeAll(async () => {
  world = await openCatalogWorld();
});
afterEach(() => world.clock.set(noon));
afterAll(() => world.close());

const WEEK = 7 * 86_400;
const later = (seconds: number) => new Date(Date.parse(noon) + 1_000 * seconds).toISOString();
const blobOf = async (digest: string): Promise<BlobId> => {
  const [row] = await query(world.ownerUrl, 'select id from evidence_blob where digest = $1', [digest]);
  const id = String(row?.['id']);
  if (isId('blob', id)) return id;
  throw new Error(`no blob of ${digest}`);
};
const run = async (blob: BlobId, over: object = {}) => {
  const { catalog, kernel } = world;
  await expire({ ...catalog, kernel, ...over }, { tenant: acme, blob });
};
const left = async (digest: string) => {
  const [row] = await query(
    world.ownerUrl,
    `select (select count(*)::int from evidence_file where digest = $1) as files, (select count(*)::int from evidence_blob where digest = $1) as blobs,
       (select count(*)::int from evidence_chunk c join evidence_blob b on b.tenant = c.tenant and b.id = c.blob where b.digest = $1) as chunks`,
    [digest],
  );
  return row;
};

describe('a file that was uploaded', () => {
  test('is looked at after a week', async () => {
    const digest = await upload(world, Buffer.from('to be looked at'));
    expect(world.sent.at(-1)).toEqual({
      queue: 'evidence-expire',
      data: { tenant: 'acme', blob: await blobOf(digest), afterSeconds: WEEK },
    });
  });

  test('goes when nobody has published it, by a decision that the ledger has', async () => {
    const digest = await upload(world, Buffer.from('nobody wants this'));
    world.clock.set(later(WEEK));
    await run(await blobOf(digest));
    expect(await left(digest)).toEqual({ files: 0, blobs: 0, chunks: 0 });
    expect((await entries(world, 'evidence.expire')).at(-1)).toMatchObject({
      subject: `evidence:${digest}`,
      actor: { id: 'service:evidence', kind: 'service' },
      data: { decision: { result: 'ALLOW' }, effect: { digest } },
    });
  });

  test('stays when it is published, without a word', async () => {
    await published(world, { release: 'v1.0.0', extra: 'wanted' });
    const digest = digestOf(Buffer.from('wanted'));
    const before = (await entries(world, 'evidence.expire')).length;
    world.clock.set(later(10 * WEEK));
    await run(await blobOf(digest));
    expect(await left(digest)).toEqual({ files: 1, blobs: 1, chunks: 1 });
    expect((await entries(world, 'evidence.expire')).length).toBe(before);
  });

  test('stays for another week when it came again', async () => {
    const bytes = Buffer.from('wanted again');
    const digest = await upload(world, bytes);
    world.clock.set(later(WEEK - 1));
    await upload(world, bytes);
    world.clock.set(later(WEEK));
    await run(await blobOf(digest));
    expect(await left(digest)).toMatchObject({ files: 1 });
    expect(world.sent.at(-1)?.data).toMatchObject({ blob: await blobOf(digest), afterSeconds: WEEK });
    world.clock.set(later(2 * WEEK));
    await run(await blobOf(digest));
    expect(await left(digest)).toMatchObject({ files: 0 });
  });

  test('that came again while it was decided on is looked at once more, later', async () => {
    const bytes = Buffer.from('came again meanwhile');
    const digest = await upload(world, bytes);
    const blob = await blobOf(digest);
    world.clock.set(later(WEEK));
    const govern: typeof world.kernel.govern = async (action, request) => {
      await upload(world, bytes);
      return world.kernel.govern(action, request);
    };
    await run(blob, { kernel: { govern } });
    expect(await left(digest)).toMatchObject({ files: 1 });
    expect(world.sent.at(-1)).toEqual({ queue: 'evidence-expire', data: { tenant: 'acme', blob, afterSeconds: WEEK } });
  });

  test('cannot be removed under a bundle that has it, not even by who has the password of the application', async () => {
    await published(world, { release: 'v1.0.1', extra: 'held' });
    const removed = world.database.transaction(acme, (trx) =>
      trx
        .deleteFrom('evidence_file')
        .where('tenant', '=', acme)
        .where('digest', '=', digestOf(Buffer.from('held')))
        .execute(),
    );
    await expect(removed).rejects.toThrow(/violates foreign key constraint/);
  });

  test('is not removed by hand', async () => {
    const digest = await upload(world, Buffer.from('mine'));
    world.clock.set(later(WEEK));
    expect(ruleOf(await world.govern('evidence.expire', olga, { digest }))).toBe('DENY default.no_grant');
  });

  test('goes though the job was ended between the decision and the bytes', async () => {
    const digest = await upload(world, Buffer.from('half removed'));
    const blob = await blobOf(digest);
    world.clock.set(later(WEEK));
    const files = { ...world.catalog.files, remove: () => Promise.reject(new Error('killed')) };
    await expect(run(blob, { files })).rejects.toThrow('killed');
    expect(await left(digest)).toEqual({ files: 0, blobs: 1, chunks: 1 });
    await run(blob);
    expect(await left(digest)).toEqual({ files: 0, blobs: 0, chunks: 0 });
  });
});

test('bytes that never became a file, for their gateway died, go as well', async () => {
  const digest = digestOf(Buffer.from('never came'));
  const { blob } = resultOf(await world.govern('evidence.upload', bob, { digest, size: 10 }));
  await query(world.ownerUrl, `insert into evidence_chunk values ('acme', $1, 0, 'never')`, [blob]);
  await run(await blobOf(digest));
  expect(await left(digest)).toEqual({ files: 0, blobs: 0, chunks: 0 });
});

describe('an upload', () => {
  const count = async () => (await query(world.ownerUrl, 'select id from evidence_blob')).length;

  test('of other bytes than announced leaves nothing', async () => {
    const before = await count();
    const digest = digestOf(Buffer.from('announced'));
    await expect(upload(world, Buffer.from('Announced'), bob, digest)).rejects.toMatchObject({ code: 'evidence.upload_mismatch' });
    expect(await left(digest)).toEqual({ files: 0, blobs: 0, chunks: 0 });
    expect(await count()).toBe(before);
  });

  test('of the same content by two at once is kept once', async () => {
    const bytes = Buffer.from('the same content');
    await Promise.all([upload(world, bytes), upload(world, bytes), upload(world, bytes)]);
    expect(await left(digestOf(bytes))).toEqual({ files: 1, blobs: 1, chunks: 1 });
  });

  test('of what is there takes no bytes', async () => {
    const bytes = Buffer.from('there already');
    const digest = await upload(world, bytes);
    expect(resultOf(await world.govern('evidence.upload', bob, { digest, size: bytes.length }))).toEqual({ digest, blob: null });
  });
});
