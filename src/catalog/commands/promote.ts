import { z } from 'zod';
import type { JsonObject } from '../../core/index.ts';
import { type AnyCommand, defineCommand, type Effect, type Scope } from '../../govern/index.ts';
import type { Facts } from '../../policy/index.ts';
import type { Trx } from '../../storage/index.ts';
import { ageInDays } from '../age.ts';
import { isMissing, newestOf, type PublishedBundle } from '../bundle-rows.ts';
import { CatalogError } from '../errors.ts';
import { type NewestVerified, verifyNewest } from '../examine.ts';
import { lockCatalog } from '../lock.ts';
import { environment, release } from '../names.ts';
import type { CatalogParts } from '../parts.ts';
import { currentPromotions, insertPromotion, type Promotion, promotionJson } from '../release-rows.ts';
import { releaseResource } from '../resources.ts';

const args = z.strictObject({ release, environment });
type Asked = z.infer<typeof args>;
type State = { readonly newest: PublishedBundle | undefined; readonly current: Promotion | undefined };

/** So many missing requirements are told; a denial that lists more helps nobody. */
const MAX_TOLD = 100;
/** Facts under which only the rest is left to decide: who asks. */
const perfect: Facts = {
  evidence: { published: true, verified: true, failed: [], verdict: 'PASSED', missing: [], lapsed: [], ageDays: 0 },
};

/** `evidence.promote`: a release goes to an environment, by what the catalog holds of it and nobody's word. */
export function promoteRelease(parts: CatalogParts): AnyCommand {
  return defineCommand<Asked, State, JsonObject, NewestVerified>({
    action: 'evidence.promote',
    args,
    prepare: async (asked, { actor, allows }) => {
      if (!allows({ resource: releaseResource({ actor }, asked.release), facts: perfect })) return undefined;
      return verifyNewest(parts, actor.tenant, asked.release);
    },
    load: async (trx, asked, scope, looked) => {
      const { tenant } = scope.actor;
      await lockCatalog(trx, tenant);
      const newest = await newestOf(trx, tenant, asked.release);
      if (looked !== undefined && looked.manifest !== newest?.manifest) throw overtaken(asked);
      const current = (await currentPromotions(trx, tenant)).find((one) => one.environment === asked.environment);
      const facts = { evidence: newest === undefined ? { published: false } : factsOf(newest, looked, scope) };
      return { resource: releaseResource(scope, asked.release), facts, state: { newest, current } };
    },
    effect: promote,
  });
}

/** A delta came while the bundle before it was looked at: that one no longer speaks for the release. */
function overtaken({ release: name }: Asked): CatalogError {
  return new CatalogError('evidence.changed_meanwhile', `a new bundle of \`${name}\` was published while the one before was looked at`, {
    remedy: 'repeat the call: it is decided on the new one',
  });
}

function factsOf(newest: PublishedBundle, looked: NewestVerified | undefined, { now }: Scope): NonNullable<Facts['evidence']> {
  const { requirements, verdict, at } = newest;
  const missing = requirements.filter(({ outcome }) => isMissing(outcome)).slice(0, MAX_TOLD);
  const lapsed = requirements.flatMap(({ id, outcome, waiver }) =>
    outcome === 'waived' && waiver !== null && Date.parse(waiver.expiresAt) <= now.getTime() ? [{ id, expiresAt: waiver.expiresAt }] : [],
  );
  const known = {
    published: true,
    verdict,
    missing: missing.map(({ id, outcome, detail, obtain }) => ({ id, outcome, detail, obtain })),
    lapsed,
    ageDays: ageInDays(at, now),
  };
  if (looked === undefined) return known;
  const { failed } = looked.verified;
  return { ...known, verified: failed.length === 0, failed: [...failed] };
}

async function promote(trx: Trx, asked: Asked, { newest, current }: State, { actor, now }: Scope): Promise<Effect<JsonObject>> {
  if (newest === undefined) throw new Error('the policy allowed a release of which nothing is published');
  const already = current?.manifest === newest.manifest;
  const position = (current?.position ?? 0) + 1;
  const made: Promotion = { ...asked, manifest: newest.manifest, position, by: actor.id, at: now };
  if (!already) await insertPromotion(trx, actor.tenant, made);
  const promotion = promotionJson(already ? current : made);
  const before = current === undefined ? null : { release: current.release, manifest: current.manifest };
  return {
    result: { promotion },
    record: { environment: asked.environment, release: asked.release, manifest: newest.manifest, before, already },
  };
}
