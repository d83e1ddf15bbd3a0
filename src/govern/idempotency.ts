import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { GovernError } from './errors.ts';

export type IdempotencyClaim = {
  readonly tenant: TenantId;
  readonly actor: string;
  readonly key: string;
  readonly requestDigest: string;
  readonly now: Date;
};

/**
 * Claims a key inside the transaction that does the work. Of two calls with one key the second waits here for the first to
 * commit, and then finds its outcome.
 *
 * @returns the stored outcome, or undefined when the caller is to do the work (first call, or the earlier one asked for step-up)
 * @throws GovernError `govern.idempotency_conflict` when the key stands for another request
 */
export async function claimKey(trx: Trx, claim: IdempotencyClaim): Promise<string | undefined> {
  const { tenant, actor, key, requestDigest, now } = claim;
  const claimed = await trx
    .insertInto('idempotency_key')
    .values({ tenant, actor, key, request_digest: requestDigest, outcome: null, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (claimed !== undefined) return undefined;
  const earlier = await trx
    .selectFrom('idempotency_key')
    .select(['request_digest', 'outcome'])
    .where('tenant', '=', tenant)
    .where('actor', '=', actor)
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (earlier.request_digest === requestDigest) return earlier.outcome ?? undefined;
  throw new GovernError('govern.idempotency_conflict', `the idempotency key \`${key}\` was used for another request`, {
    remedy: 'send a new key with a new request; repeat a key only with exactly the same action and input',
  });
}

/** Keeps the outcome for repeated calls, in the same transaction. */
export async function storeOutcome(trx: Trx, claim: IdempotencyClaim, outcome: string): Promise<void> {
  await trx
    .updateTable('idempotency_key')
    .set({ outcome })
    .where('tenant', '=', claim.tenant)
    .where('actor', '=', claim.actor)
    .where('key', '=', claim.key)
    .execute();
}
