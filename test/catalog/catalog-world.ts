import type { Identity } from '../../src/auth/index.ts';
import {
  type CatalogParts,
  catalogCommands,
  postgresFiles,
  receiveFile,
  Verifications,
  type Verified,
  type Verifier,
} from '../../src/catalog/index.ts';
import { canonicalBytes, digestOf, type JsonObject } from '../../src/core/index.ts';
import type { Outcome } from '../../src/govern/index.ts';
import { openWorld, person, resultOf, type World } from '../support/world.ts';

export const bob: Identity = {
  ...person('bot_bob', ['release-bot'], { kind: 'service', purposes: ['release'], acr: null, authTime: null }),
  context: { zone: 'unknown', deviceTrust: 'low', sessionRisk: 100, channel: 'graphql' },
};

export type CatalogWorld = World & {
  readonly catalog: CatalogParts;
  /** What the verifier says, and what it was asked. */
  readonly verifier: {
    signed: Verified;
    answer: Verified;
    before: (tenant: string) => Promise<void>;
    asked: { tenant: string; files: string[]; parents: string[][]; previous: boolean }[];
  };
};

/** Everything below the gateway with a catalog whose verifier says what a test tells it to: the real one has tests of its own. */
export async function openCatalogWorld(): Promise<CatalogWorld> {
  const base = await openWorld();
  const verifier: CatalogWorld['verifier'] = { signed: { failed: [] }, answer: { failed: [] }, before: async () => undefined, asked: [] };
  const bundle: Verifier['bundle'] = async ({ tenant, bundle, parents, previous }) => {
    const names = (files: typeof bundle) => files.map(({ name }) => name);
    verifier.asked.push({ tenant, files: names(bundle), parents: parents.map(names), previous: previous !== undefined });
    for (const { open } of bundle) for await (const _chunk of open());
    await verifier.before(tenant);
    return verifier.answer;
  };
  const verify: Verifier = { signatures: async () => verifier.signed, bundle };
  const { database, clock } = base;
  const files = postgresFiles(database);
  const jobs: CatalogParts['jobs'] = {
    enqueue: async (_trx, { name }, data, when) =>
      void base.sent.push({ queue: name, data: { ...JSON.parse(JSON.stringify(data)), ...when } }),
  };
  const verifications = new Verifications(() => clock.now().getTime());
  const catalog: CatalogParts = { database, files, jobs, clock, verify, verifications };
  const world = await openWorld({ beside: base, commands: catalogCommands(catalog) });
  return { ...world, sent: base.sent, close: base.close, catalog, verifier };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Decides on an upload and sends the bytes; the digest. */
export async function upload(
  world: CatalogWorld,
  bytes: Uint8Array,
  by: Identity = bob,
  digest: string = digestOf(bytes),
): Promise<string> {
  const { blob } = resultOf(await world.govern('evidence.upload', by, { digest, size: bytes.length }));
  if (typeof blob === 'string') await receiveFile(world.catalog, by.actor.tenant, blob, once(bytes));
  return digest;
}

const document = (value: JsonObject): Buffer => Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);

export type Shape = {
  release?: string;
  at?: string;
  parent?: { manifest: string; number: number } | null;
  prevManifest?: string | null;
  requirements?: readonly { id: string; outcome: string; waiver?: JsonObject | null }[];
  extra?: string;
  /** Listed beside what there is. */
  files?: readonly JsonObject[];
};

/** The files of a bundle as the catalog reads them; nothing in it is signed or true. */
export function bundleFiles(shape: Shape = {}): { manifest: Buffer; files: ReadonlyMap<string, Buffer> } {
  const { release = 'v1.2.3', at = '2026-03-01T12:00:00.000Z', parent = null, prevManifest = null, extra = 'x' } = shape;
  const { requirements = [{ id: 'junit', outcome: 'met' }] } = shape;
  const missing = requirements.filter(({ outcome }) => ['missing', 'stale', 'unmet'].includes(outcome)).map(({ id }) => id);
  const verdict = missing.length === 0 ? 'PASSED' : 'FAILED';
  const contract = document({
    format: 1,
    kind: 'standard',
    requirements: requirements.map(({ id }) => {
      const [item = '', name = null] = id.split(':');
      return { item, name, optional: false, maxAgeDays: null, assert: {}, obtain: id === 'k6' ? null : `make ${id}` };
    }),
  });
  const judged = document({
    format: 1,
    requirements: requirements.map(({ id, outcome, waiver = null }) => ({ id, outcome, detail: `${id} is so`, waiver })),
  });
  const files = new Map([
    ['contract.json', contract],
    ['item.txt', Buffer.from(extra)],
    ['verdict.json', judged],
  ]);
  const own = [...files].map(([name, bytes]) => {
    return {
      name,
      kind: name === 'item.txt' ? 'file' : name.slice(0, -5),
      sha256: digestOf(bytes).slice(7),
      size: bytes.length,
      mediaType: 'text/plain',
    };
  });
  const manifest = document({
    format: 1,
    release,
    kind: 'standard',
    at,
    artifacts: [...own, ...(shape.files ?? [])],
    ledger: { prevManifest },
    contract: { verdict, missing },
    parent,
  });
  return { manifest, files };
}

export type Uploaded = { readonly manifest: string; readonly signatures: { name: string; digest: string }[] };

/** Uploads a bundle with one signature. */
export async function uploadBundle(world: CatalogWorld, shape: Shape = {}, by: Identity = bob): Promise<Uploaded> {
  const { manifest, files } = bundleFiles(shape);
  for (const bytes of files.values()) await upload(world, bytes, by);
  const signature = await upload(world, Buffer.from(`signature of ${digestOf(manifest)}`), by);
  return { manifest: await upload(world, manifest, by), signatures: [{ name: 'manifest.sigstore.json', digest: signature }] };
}

export async function publish(world: CatalogWorld, shape: Shape = {}, by: Identity = bob): Promise<Outcome> {
  return world.govern('evidence.publish', by, await uploadBundle(world, shape, by));
}

/** Publishes; the manifest's digest. */
export async function published(world: CatalogWorld, shape: Shape = {}, by: Identity = bob): Promise<string> {
  return String(resultOf(await publish(world, shape, by))['manifest']);
}
