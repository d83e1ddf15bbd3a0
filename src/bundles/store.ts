import { type Kysely, sql } from 'kysely';
import { isTenantId, type TenantId } from '../core/index.ts';
import { type BundleFiles, bundleSignature, type PolicyManifest } from '../policy/index.ts';
import type { Database, Trx } from '../storage/index.ts';

export type ChangeAction = 'policy.publish' | 'policy.rollback';

export type Proposal = { readonly proposedBy: string; readonly proposedAt: Date };

/** A policy that two people made active. */
export type Activation = {
  readonly position: number;
  readonly action: ChangeAction;
  /** True: the policy that ships with each gateway; the three names are of the one that shipped then. */
  readonly builtIn: boolean;
  readonly digest: string;
  readonly serial: number;
  readonly revision: string;
  readonly proposedBy: string;
  readonly confirmedBy: string;
  readonly at: Date;
};

/** One change of a tenant's policy at a time. */
export async function lockPolicy(trx: Trx, tenant: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`policy\n${tenant}`}, 0))`.execute(trx);
}

/** The newest first. */
export async function activationsOf(trx: Trx, tenant: string, limit: number): Promise<Activation[]> {
  const rows = await trx
    .selectFrom('policy_activation')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('position', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    position: Number(row.position),
    action: row.action === 'policy.rollback' ? 'policy.rollback' : 'policy.publish',
    builtIn: row.built_in,
    digest: row.digest,
    serial: row.serial,
    revision: row.revision,
    proposedBy: row.proposed_by,
    confirmedBy: row.confirmed_by,
    at: row.at,
  }));
}

export async function insertActivation(trx: Trx, tenant: string, activation: Activation): Promise<void> {
  const { position, action, builtIn, digest, serial, revision, proposedBy, confirmedBy, at } = activation;
  await trx
    .insertInto('policy_activation')
    .values({
      tenant,
      position: BigInt(position),
      action,
      built_in: builtIn,
      digest,
      serial,
      revision,
      proposed_by: proposedBy,
      confirmed_by: confirmedBy,
      at,
    })
    .execute();
}

/** A change that somebody may have proposed: a rollback to a digest, or one very bundle, by the digest of its manifest. */
export type Proposed = { readonly action: ChangeAction; readonly digest: string; readonly manifest: string };

/** Calls of before `since` have lapsed. */
export async function dropLapsed(trx: Trx, tenant: string, since: Date): Promise<void> {
  await trx.deleteFrom('policy_proposal').where('tenant', '=', tenant).where('proposed_at', '<', since).execute();
}

/** Who called for this very change before. */
export async function findProposal(trx: Trx, tenant: string, { action, digest, manifest }: Proposed): Promise<Proposal | undefined> {
  const row = await trx
    .selectFrom('policy_proposal')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('action', '=', action)
    .where('digest', '=', digest)
    .where('manifest', '=', manifest)
    .executeTakeFirst();
  return row && { proposedBy: row.proposed_by, proposedAt: row.proposed_at };
}

export async function insertProposal(trx: Trx, tenant: string, proposed: Proposed, { proposedBy, proposedAt }: Proposal): Promise<void> {
  const { action, digest, manifest } = proposed;
  await trx
    .insertInto('policy_proposal')
    .values({ tenant, action, digest, manifest, proposed_by: proposedBy, proposed_at: proposedAt })
    .execute();
}

/** The highest serial that was ever active; 0 when none was published. */
export async function highestSerial(trx: Trx, tenant: string): Promise<number> {
  const row = await trx
    .selectFrom('policy_activation')
    .select((select) => select.fn.max('serial').as('highest'))
    .where('tenant', '=', tenant)
    .executeTakeFirst();
  return Number(row?.highest ?? 0);
}

/** Once the policy is another, what was proposed upon the one before must be proposed anew. */
export async function dropProposals(trx: Trx, tenant: string): Promise<void> {
  await trx.deleteFrom('policy_proposal').where('tenant', '=', tenant).execute();
}

/** Every file, signature included: what is loaded later is checked like what was published. */
export async function storeBundle(trx: Trx, tenant: string, bundle: StoredBundle): Promise<void> {
  const { manifest, signer, files, at } = bundle;
  const values = {
    serial: manifest.serial,
    revision: manifest.revision,
    signer,
    stored_at: at,
    manifest: fileOf(files, 'manifest.json'),
    wasm: fileOf(files, 'policy.wasm'),
    data: fileOf(files, 'data.json'),
    self_test: fileOf(files, 'selftest.json'),
    signature: fileOf(files, bundleSignature),
  };
  await trx
    .insertInto('policy_bundle')
    .values({ tenant, digest: manifest.digest, ...values })
    .onConflict((conflict) => conflict.columns(['tenant', 'digest']).doUpdateSet(values))
    .execute();
}

export type StoredBundle = {
  readonly manifest: PolicyManifest;
  readonly signer: string;
  readonly files: BundleFiles;
  readonly at: Date;
};

function fileOf(files: BundleFiles, name: string): Buffer {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`the bundle has no ${name}`);
  return bytes;
}

export async function findBundle(trx: Trx, tenant: string, digest: string): Promise<BundleFiles | undefined> {
  const row = await trx
    .selectFrom('policy_bundle')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return new Map([
    ['manifest.json', row.manifest],
    ['policy.wasm', row.wasm],
    ['data.json', row.data],
    ['selftest.json', row.self_test],
    [bundleSignature, row.signature],
  ]);
}

/** What is active for a tenant; `digest` is undefined for the policy that ships. */
export type Head = { readonly tenant: TenantId; readonly position: number; readonly digest: string | undefined };

/** What is active for every tenant that ever changed its policy. */
export async function policyHeads(database: Database): Promise<Head[]> {
  type Row = { tenant: string; position: bigint; digest: string; built_in: boolean };
  const query = (db: Kysely<never>) => sql<Row>`select tenant, position, digest, built_in from policy_heads()`.execute(db);
  const { rows } = await database.untenanted((db) => query(db.withTables<never>()));
  return rows.flatMap(({ tenant, position, digest, built_in }) =>
    // A name that no token can hold has no one to decide about.
    isTenantId(tenant) ? [{ tenant, position: Number(position), digest: built_in ? undefined : digest }] : [],
  );
}
