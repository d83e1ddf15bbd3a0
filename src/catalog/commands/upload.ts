import { z } from 'zod';
import { newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { findFile, insertBlob, keepFile, type StoredFile } from '../file-rows.ts';
import { MAX_FILE_BYTES } from '../files/file-store.ts';
import { lockCatalog } from '../lock.ts';
import { digest } from '../names.ts';
import type { CatalogParts } from '../parts.ts';
import { evidenceResource } from '../resources.ts';
import { expireQueue, KEEP_SECONDS } from './expire.ts';

const args = z.strictObject({ digest, size: z.int().min(0).max(MAX_FILE_BYTES) });
type State = { readonly present: StoredFile | undefined };
type Result = { readonly digest: string /** Where the bytes go; null: they are here already. */; readonly blob: string | null };

/**
 * `evidence.upload`: whether a file may come, before its first byte is read. What comes is a file only when it has this digest, and evidence
 * only when a bundle that has it is published; until then a job looks whether anybody still wants it.
 */
export function uploadEvidence({ jobs }: Pick<CatalogParts, 'jobs'>): AnyCommand {
  return defineCommand<z.infer<typeof args>, State, Result>({
    action: 'evidence.upload',
    args,
    load: async (trx, asked, scope) => {
      await lockCatalog(trx, scope.actor.tenant);
      const present = await findFile(trx, scope.actor.tenant, asked.digest);
      return { resource: evidenceResource(scope, asked.digest), facts: {}, state: { present } };
    },
    effect: async (trx, asked, { present }, { actor, now }) => {
      const { tenant } = actor;
      if (present !== undefined) {
        await keepFile(trx, tenant, asked.digest, now);
        return { result: { digest: asked.digest, blob: null }, record: { digest: asked.digest, size: present.blob.size, present: true } };
      }
      const id = newId('blob', now);
      await insertBlob(trx, { tenant, id, ...asked }, actor.id, now);
      await jobs.enqueue(trx, expireQueue, { tenant, blob: id }, { afterSeconds: KEEP_SECONDS });
      return { result: { digest: asked.digest, blob: id }, record: { ...asked, present: false } };
    },
  });
}
