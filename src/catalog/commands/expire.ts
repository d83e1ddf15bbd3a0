import { z } from 'zod';
import type { BlobId, TenantId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import type { Queue } from '../../jobs/index.ts';
import { ageInDays } from '../age.ts';
import { deleteFile, findFile, isPublished } from '../file-rows.ts';
import { lockCatalog } from '../lock.ts';
import { digest } from '../names.ts';
import { evidenceResource, unknownEvidence } from '../resources.ts';

/** What nobody publishes within it is removed. The rule `evidence.unused` says the same. */
export const KEEP_SECONDS = 7 * 86_400;

/** A blob to look at, a week after it was begun. */
export type ExpireJob = { readonly tenant: TenantId; readonly blob: BlobId };
export const expireQueue: Queue<ExpireJob> = { name: 'evidence-expire', expireInSeconds: 600, retryLimit: 20 };

const args = z.strictObject({ digest });

/** `evidence.expire`: a file that no bundle has is no longer one. Its bytes are removed behind this (src/catalog/workers.ts). */
export const expireEvidence: AnyCommand = defineCommand<{ digest: string }, object, { digest: string }>({
  action: 'evidence.expire',
  args,
  load: async (trx, asked, scope) => {
    const { tenant } = scope.actor;
    await lockCatalog(trx, tenant);
    const file = await findFile(trx, tenant, asked.digest);
    if (file === undefined) return unknownEvidence(scope, asked.digest);
    const evidence = { published: await isPublished(trx, tenant, asked.digest), ageDays: ageInDays(file.storedAt, scope.now) };
    return { resource: evidenceResource(scope, asked.digest), facts: { evidence }, state: {} };
  },
  effect: async (trx, asked, _state, { actor }) => {
    await deleteFile(trx, actor.tenant, asked.digest);
    return { result: asked, record: asked };
  },
});
