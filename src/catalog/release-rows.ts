import type { JsonObject, TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';

export type Registration = {
  readonly release: string;
  readonly kind: string;
  readonly content: string;
  readonly by: string;
  readonly at: Date;
};

/** A second registration of the same content by the same actor is none. */
export async function insertRegistration(trx: Trx, tenant: TenantId, { release, kind, content, by, at }: Registration): Promise<void> {
  await trx
    .insertInto('evidence_registration')
    .values({ tenant, release, kind, content, registered_by: by, registered_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Who registered evidence of a release, each once. */
export async function registrarsOf(trx: Trx, tenant: TenantId, release: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('evidence_registration')
    .select('registered_by')
    .distinct()
    .where('tenant', '=', tenant)
    .where('release', '=', release)
    .orderBy('registered_by')
    .execute();
  return rows.map(({ registered_by: by }) => by);
}

export type Waiver = {
  readonly entryId: string;
  readonly release: string;
  readonly requirement: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  readonly expiresAt: Date;
};

export async function insertWaiver(trx: Trx, tenant: TenantId, waiver: Waiver): Promise<void> {
  const { entryId, release, requirement, reason, by, at, expiresAt } = waiver;
  const times = { waived_at: at, expires_at: expiresAt };
  await trx
    .insertInto('evidence_waiver')
    .values({ tenant, entry_id: entryId, release, requirement, reason, waived_by: by, ...times })
    .execute();
}

/** The waivers of a release, by when they were given. */
export async function waiversOf(trx: Trx, tenant: TenantId, release: string): Promise<Waiver[]> {
  const rows = await trx
    .selectFrom('evidence_waiver')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('release', '=', release)
    .orderBy('waived_at')
    .orderBy('entry_id')
    .execute();
  return rows.map(({ entry_id: entryId, requirement, reason, waived_by: by, waived_at: at, expires_at: expiresAt }) => {
    return { entryId, release, requirement, reason, by, at, expiresAt };
  });
}

/** What runs in an environment, by which bundle. */
export type Promotion = {
  readonly environment: string;
  readonly position: number;
  readonly release: string;
  readonly manifest: string;
  readonly by: string;
  readonly at: Date;
};

/** As callers see it. */
export function promotionJson({ environment, release, manifest, by, at }: Promotion): JsonObject {
  return { environment, release, manifest, promotedBy: by, promotedAt: at.toISOString() };
}

/** What is current in each environment of a tenant, by name. */
export async function currentPromotions(trx: Trx, tenant: TenantId): Promise<Promotion[]> {
  const rows = await trx
    .selectFrom('evidence_promotion')
    .selectAll()
    .distinctOn('environment')
    .where('tenant', '=', tenant)
    .orderBy('environment')
    .orderBy('position', 'desc')
    .execute();
  return rows.map(({ environment, position, release, manifest, promoted_by: by, promoted_at: at }) => {
    return { environment, position: Number(position), release, manifest, by, at };
  });
}

export async function insertPromotion(trx: Trx, tenant: TenantId, promotion: Promotion): Promise<void> {
  const { environment, position, release, manifest, by, at } = promotion;
  await trx
    .insertInto('evidence_promotion')
    .values({ tenant, environment, position: BigInt(position), release, manifest, promoted_by: by, promoted_at: at })
    .execute();
}
