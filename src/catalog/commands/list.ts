import { z } from 'zod';
import type { JsonObject, TenantId } from '../../core/index.ts';
import { type AnyCommand, defineCommand, type Effect } from '../../govern/index.ts';
import type { Trx } from '../../storage/index.ts';
import { type BundleFileRow, bundlesOf, filesOf, newestOf, type PublishedBundle, rootsOf } from '../bundle-rows.ts';
import { CatalogError } from '../errors.ts';
import { release } from '../names.ts';
import { currentPromotions, promotionJson } from '../release-rows.ts';
import { evidenceResource } from '../resources.ts';

const args = z
  .strictObject({
    /** The bundles of one release; without it, all releases. */
    release: release.nullish(),
    first: z.int().min(1).max(100).nullish(),
    after: z.string().max(100).nullish(),
    /** May ask which files are there, by their digests. */
    files: z.literal(true).optional(),
  })
  .transform(({ first, ...rest }) => ({ ...rest, first: first ?? 20 }));
type Asked = z.infer<typeof args>;

/** `evidence.list`: which releases have evidence, and which bundles. To look is an action; recorded is what was asked for. */
export const listEvidence: AnyCommand = defineCommand<Asked, object, JsonObject>({
  action: 'evidence.list',
  args,
  load: async (_trx, _asked, scope) => ({ resource: evidenceResource(scope, scope.actor.tenant), facts: {}, state: {} }),
  effect: async (trx, asked, _state, { actor }) => {
    if (asked.files === true) return { result: {}, record: { files: true } };
    return typeof asked.release === 'string'
      ? listBundles(trx, actor.tenant, asked, asked.release)
      : listReleases(trx, actor.tenant, asked);
  },
});

async function listReleases(trx: Trx, tenant: TenantId, { first, after }: Asked): Promise<Effect<JsonObject>> {
  const roots = await rootsOf(trx, tenant, { count: first + 1, below: readCursor(after) });
  const promotions = await currentPromotions(trx, tenant);
  const nodes: JsonObject[] = [];
  for (const root of roots.slice(0, first)) {
    const newest = (await newestOf(trx, tenant, root.release)) ?? root;
    const current = promotions.filter((one) => one.release === root.release).map(promotionJson);
    const bundle = toBundle(newest, await filesOf(trx, tenant, newest.manifest));
    nodes.push({ cursor: String(root.position), node: { release: root.release, kind: root.kind, newest: bundle, current } });
  }
  const record = { releases: nodes.length, after: after ?? null };
  return { result: { nodes, hasNextPage: roots.length > first }, record };
}

async function listBundles(trx: Trx, tenant: TenantId, { first, after }: Asked, of: string): Promise<Effect<JsonObject>> {
  const bundles = await bundlesOf(trx, tenant, of, { count: first + 1, below: readCursor(after) });
  const nodes: JsonObject[] = [];
  for (const bundle of bundles.slice(0, first)) {
    nodes.push({ cursor: String(bundle.number), node: toBundle(bundle, await filesOf(trx, tenant, bundle.manifest)) });
  }
  const record = { release: of, bundles: nodes.length, after: after ?? null };
  return { result: { nodes, hasNextPage: bundles.length > first }, record };
}

/** @throws CatalogError `evidence.cursor_malformed` */
function readCursor(after: string | null | undefined): number | null {
  if (after === null || after === undefined) return null;
  if (/^(0|[1-9]\d{0,14})$/.test(after)) return Number(after);
  throw new CatalogError('evidence.cursor_malformed', '`after` is not a cursor', { remedy: 'send the `endCursor` of the page before' });
}

function toBundle(bundle: PublishedBundle, files: readonly BundleFileRow[]): JsonObject {
  const { manifest, release: of, kind, number, parent, at, verdict, requirements, missing, publishedBy, publishedAt } = bundle;
  return {
    manifest,
    release: of,
    kind,
    number,
    parent,
    at: at.toISOString(),
    verdict,
    requirements: requirements.map((one) => ({ ...one })),
    missing: [...missing],
    publishedBy,
    publishedAt: publishedAt.toISOString(),
    files: files.map((file) => ({ ...file })),
  };
}
