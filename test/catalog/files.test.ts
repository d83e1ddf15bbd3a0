import { randomFillSync } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Blob, FileStore } from '../../src/catalog/files/file-store.ts';
import { inParts } from '../../src/catalog/files/in-parts.ts';
import { postgresFiles } from '../../src/catalog/files/postgres.ts';
import { s3Files } from '../../src/catalog/files/s3.ts';
import { whole } from '../../src/catalog/files/whole.ts';
import { digestOf, newId, type TenantId, tenantId } from '../../src/core/index.ts';
import { codeOf } from '../support/errors.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { keysIn, startS3 } from './s3-server.ts';

const [acme, globex] = [tenantId('acme'), tenantId('globex')];
const MIB = 1024 ** 2;
const some = (size: number): Buffer => randomFillSync(Buffer.alloc(size));
const blobOf = (size: number, tenant: TenantId = acme): Blob => ({ tenant, id: newId('blob'), size });

/** The bytes in pieces of odd sizes, as sockets give them. */
async function* pieces(bytes: Buffer, size = 65_521): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function* cutOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield* pieces(bytes);
  throw new Error('the sender has gone');
}

let db: TestDatabase;
let s3: Awaited<ReturnType<typeof startS3>>;
beforeAll(async () => {
  [db, s3] = await Promise.all([openTestDatabase(), startS3()]);
});
afterAll(async () => {
  await Promise.all([db.close(), s3.stop()]);
});

type Place = {
  readonly store: FileStore /** How many things are left of a blob, whole or half. */;
  readonly left: (blob: Blob) => Promise<number>;
};
const places: readonly [string, () => Place][] = [
  [
    'PostgreSQL',
    () => ({
      store: postgresFiles(db.database),
      left: async ({ id }) => (await query(db.ownerUrl, 'select part from evidence_chunk where blob = $1', [id])).length,
    }),
  ],
  [
    'S3',
    () => ({
      store: s3Files(s3.settings),
      left: async ({ id }) => {
        const { objects, uploads } = await keysIn(s3.settings);
        return [...objects, ...uploads].filter((key) => key.endsWith(id)).length;
      },
    }),
  ],
];

describe.each(places)('files in %s', (_name, open) => {
  test.each([0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB, 5 * MIB + 1, 12 * MIB + 345])('of %i bytes come back as they were', async (size) => {
    const { store } = open();
    const bytes = some(size);
    const blob = blobOf(size);
    await store.put(blob, pieces(bytes));
    expect((await buffer(store.open(blob))).equals(bytes)).toBe(true);
    await store.remove(blob);
  });

  test.each([10, 3 * MIB, 12 * MIB])('leave nothing when their sender goes after %i bytes', async (size) => {
    const { store, left } = open();
    const blob = blobOf(size + 1);
    await expect(store.put(blob, cutOff(some(size)))).rejects.toThrow('the sender has gone');
    expect(await left(blob)).toBe(0);
  });

  test('are gone once they are removed, which can be done again', async () => {
    const { store, left } = open();
    const [blob, other] = [blobOf(6 * MIB), blobOf(10)];
    await store.put(blob, pieces(some(6 * MIB)));
    await store.put(other, pieces(some(10)));
    expect(await left(blob)).toBeGreaterThan(0);
    await store.remove(blob);
    await store.remove(blob);
    expect([await left(blob), await left(other)]).toEqual([0, 1]);
    expect(await codeOf(buffer(store.open(blob)))).toBe('evidence.file_damaged');
  });

  test('of one tenant are not those of another, even under one name', async () => {
    const { store } = open();
    const blob = blobOf(4);
    const theirs: Blob = { ...blob, tenant: globex };
    await store.put(blob, pieces(Buffer.from('ours')));
    expect(['evidence.file_damaged', 'evidence.store_unavailable']).toContain(await codeOf(buffer(store.open(theirs))));
    await store.remove(theirs);
    expect(String(await buffer(store.open(blob)))).toBe('ours');
  });

  test('can be left after their first bytes', async () => {
    const { store } = open();
    const blob = blobOf(3 * MIB);
    await store.put(blob, pieces(some(3 * MIB)));
    for await (const chunk of store.open(blob)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await store.remove(blob);
  });
});

describe('an upload in parts that was cut off with its process', () => {
  test('is aborted by a removal', async () => {
    const { settings } = s3;
    const { AwsClient } = await import('aws4fetch');
    const client = new AwsClient({ accessKeyId: 'access-key', secretAccessKey: 'secret-key', service: 's3', region: settings.region });
    const blob = blobOf(20 * MIB);
    const key = `${settings.prefix}${blob.tenant}/${blob.id}`;
    await client.fetch(`${settings.endpoint}/${settings.bucket}/${key}?uploads=`, { method: 'POST' });
    expect((await keysIn(settings)).uploads).toEqual([key]);
    await s3Files(settings).remove(blob);
    expect((await keysIn(settings)).uploads).toEqual([]);
  });
});

test('a store with another key, or that is away, says so', async () => {
  const blob = blobOf(1);
  const wrong = s3Files({ ...s3.settings, secretKey: 'another' });
  expect(await codeOf(wrong.put(blob, pieces(some(1))))).toBe('evidence.store_unavailable');
  const away = s3Files({ ...s3.settings, endpoint: 'http://127.0.0.1:9' });
  expect(await codeOf(away.remove(blob))).toBe('evidence.store_unavailable');
});

describe('a row that somebody changed', () => {
  test.each([
    ['is missing', 'delete from evidence_chunk where blob = $1 and part = 1'],
    ['is cut', `update evidence_chunk set bytes = substr(bytes, 2) where blob = $1 and part = 1`],
  ])('%s: the file is damaged', async (_what, statement) => {
    const store = postgresFiles(db.database);
    const blob = blobOf(3 * MIB);
    await store.put(blob, pieces(some(3 * MIB)));
    await query(db.ownerUrl, statement, [blob.id]);
    expect(await codeOf(buffer(store.open(blob)))).toBe('evidence.file_damaged');
  });
});

describe('bytes', () => {
  test('come in parts of one size, but for the last', async () => {
    for (const [size, of, expected] of [
      [0, 4, []],
      [4, 4, [4]],
      [9, 4, [4, 4, 1]],
    ] as const) {
      const lengths: number[] = [];
      for await (const part of inParts(pieces(some(size), 3), of)) lengths.push(part.length);
      expect(lengths).toEqual(expected);
    }
  });

  const bytes = Buffer.from('evidence');
  const expected = { digest: digestOf(bytes), size: bytes.length };
  const passed = async (given: Buffer) => {
    const seen: Uint8Array[] = [];
    const refused = (problem: string) => new Error(problem);
    try {
      for await (const chunk of whole(pieces(given, 3), expected, refused)) seen.push(chunk);
      return [Buffer.concat(seen).toString(), null];
    } catch (error) {
      return [Buffer.concat(seen).length < bytes.length, String(error)];
    }
  };

  test('that are what they should be pass', async () => {
    expect(await passed(bytes)).toEqual(['evidence', null]);
  });

  test.each([
    ['too few', Buffer.from('evidenc'), 'Error: there are 7 bytes, 8 were announced'],
    ['too many', Buffer.from('evidence!'), 'Error: there are more bytes than the 8 that were announced'],
    ['others', Buffer.from('Evidence'), `Error: the bytes are \`${digestOf(Buffer.from('Evidence'))}\`, not \`${expected.digest}\``],
  ])('%s never pass whole', async (_what, given, problem) => {
    expect(await passed(given)).toEqual([true, problem]);
  });
});
