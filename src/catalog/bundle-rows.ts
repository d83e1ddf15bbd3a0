import { z } from 'zod';
import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';

export const requirementSchema = z.strictObject({
  id: z.string(),
  outcome: z.enum(['met', 'missing', 'stale', 'unmet', 'waived', 'absent']),
  detail: z.string(),
  /** How to get it, for whoever finds it missing. */
  obtain: z.string(),
  waiver: z.strictObject({ owner: z.string(), reason: z.string(), expiresAt: z.string() }).nullable(),
});
/** What came of one requirement of the contract. */
export type Requirement = z.infer<typeof requirementSchema>;

export type BundleFileRow = {
  readonly name: string;
  /** Of an artifact; null for signatures and the manifest. */
  readonly kind: string | null;
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  /** The bundle that holds it; null: this one. */
  readonly heldBy: string | null;
};

/** A bundle, as it was verified and published. */
export type Bundle = {
  readonly manifest: string;
  readonly release: string;
  readonly kind: string;
  /** 0, or how many deltas there are with this one. */
  readonly number: number;
  readonly parent: string | null;
  readonly at: Date;
  readonly verdict: 'PASSED' | 'FAILED';
  readonly requirements: readonly Requirement[];
  /** Ids: what keeps the verdict from being `PASSED`. */
  readonly missing: readonly string[];
  readonly publishedBy: string;
  readonly publishedAt: Date;
};
export type PublishedBundle = Bundle & { readonly position: number };

/** The newest bundle of a release: it speaks for all of it. */
export async function newestOf(trx: Trx, tenant: TenantId, release: string): Promise<PublishedBundle | undefined> {
  const [newest] = await bundlesOf(trx, tenant, release, { count: 1, below: null });
  return newest;
}

export type RowPage = { readonly count: number /** Only rows below this number or position. */; readonly below: number | null };

/** The bundles of a release, the newest first. */
export async function bundlesOf(trx: Trx, tenant: TenantId, release: string, page: RowPage): Promise<PublishedBundle[]> {
  const rows = await trx
    .selectFrom('evidence_bundle')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('release', '=', release)
    .$if(page.below !== null, (query) => query.where('number', '<', page.below ?? 0))
    .orderBy('number', 'desc')
    .limit(page.count)
    .execute();
  return rows.map(toBundle);
}

/** The first bundle of each release, the newest release first. */
export async function rootsOf(trx: Trx, tenant: TenantId, page: RowPage): Promise<PublishedBundle[]> {
  const rows = await trx
    .selectFrom('evidence_bundle')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('number', '=', 0)
    .$if(page.below !== null, (query) => query.where('position', '<', BigInt(page.below ?? 0)))
    .orderBy('position', 'desc')
    .limit(page.count)
    .execute();
  return rows.map(toBundle);
}

export async function findBundle(trx: Trx, tenant: TenantId, manifest: string): Promise<PublishedBundle | undefined> {
  const row = await trx
    .selectFrom('evidence_bundle')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('manifest', '=', manifest)
    .executeTakeFirst();
  return row && toBundle(row);
}

/** Every file of a bundle, those that its parents hold as well; by name. */
export async function filesOf(trx: Trx, tenant: TenantId, manifest: string): Promise<BundleFileRow[]> {
  const rows = await trx
    .selectFrom('evidence_bundle_file')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('manifest', '=', manifest)
    .orderBy('name')
    .execute();
  return rows.map(({ name, kind, digest, size, media_type: mediaType, held_by: heldBy }) => ({
    name,
    kind,
    digest,
    size: Number(size),
    mediaType,
    heldBy,
  }));
}

/** Under the tenant's lock: positions are dense. */
export async function insertBundle(trx: Trx, tenant: TenantId, bundle: Bundle, files: readonly BundleFileRow[]): Promise<void> {
  const { manifest, release, kind, number, parent, at, verdict, publishedBy, publishedAt } = bundle;
  const values = { release, kind, number, parent, at, verdict, published_by: publishedBy, published_at: publishedAt };
  const requirements = JSON.stringify(bundle.requirements);
  const position = BigInt((await lastPosition(trx, tenant)) + 1);
  const summary = { requirements, missing: bundle.missing.length, waived_until: waivedUntil(bundle) };
  await trx
    .insertInto('evidence_bundle')
    .values({ tenant, manifest, position, ...values, ...summary })
    .execute();
  await insertFiles(trx, tenant, manifest, files);
}

/** The names of those that are new to the bundle: what it has stays as it is. */
export async function insertFiles(trx: Trx, tenant: TenantId, manifest: string, files: readonly BundleFileRow[]): Promise<string[]> {
  if (files.length === 0) return [];
  const inserted = await trx
    .insertInto('evidence_bundle_file')
    .values(
      files.map(({ name, kind, digest, size, mediaType, heldBy }) => {
        return { tenant, manifest, name, kind, digest, size: BigInt(size), media_type: mediaType, held_by: heldBy };
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  return inserted.map(({ name }) => name);
}

async function lastPosition(trx: Trx, tenant: TenantId): Promise<number> {
  const row = await trx
    .selectFrom('evidence_bundle')
    .select((select) => select.fn.max('position').as('last'))
    .where('tenant', '=', tenant)
    .executeTakeFirst();
  return Number(row?.last ?? 0);
}

/** When the first of the waivers that a bundle uses ends. */
function waivedUntil({ requirements }: Bundle): Date | null {
  const ends = requirements.flatMap(({ waiver }) => (waiver === null ? [] : [Date.parse(waiver.expiresAt)]));
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

type Row = {
  manifest: string;
  release: string;
  kind: string;
  number: number;
  parent: string | null;
  position: bigint;
  at: Date;
  verdict: string;
  requirements: string;
  published_by: string;
  published_at: Date;
};

function toBundle(row: Row): PublishedBundle {
  const { manifest, release, kind, number, parent, at, published_by: publishedBy, published_at: publishedAt } = row;
  const requirements = z.array(requirementSchema).parse(JSON.parse(row.requirements));
  const verdict = row.verdict === 'PASSED' ? 'PASSED' : 'FAILED';
  const missing = requirements.filter(({ outcome }) => isMissing(outcome)).map(({ id }) => id);
  const named = { manifest, release, kind, number, parent, at, publishedBy, publishedAt };
  return { ...named, verdict, requirements, missing, position: Number(row.position) };
}

/** Outcomes that keep a verdict from being `PASSED` (docs/evidence-format.md). */
export function isMissing(outcome: Requirement['outcome']): boolean {
  return outcome === 'missing' || outcome === 'stale' || outcome === 'unmet';
}
