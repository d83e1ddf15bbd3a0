import { z } from 'zod';
import type { JsonObject } from '../core/index.ts';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import { assertArchivable } from '../ledger/index.ts';

const args = z.strictObject({
  /** The first seq that stays. */
  beforeSeq: z.int().min(1),
  /** `sha256:<hex>` of the archive.json that was written and looked at. */
  manifestDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  justification: z.string().trim().min(10).max(2_000),
});

/**
 * `ledger.archive`: decides that the oldest entries may leave the database, once they are in the archive of that very digest. Nothing leaves
 * here: the database's owner carries it out, and only what such an entry allows (`countersign ledger archive --carry-out`).
 */
export function archiveLedger(): AnyCommand {
  return defineCommand<z.infer<typeof args>, object, JsonObject>({
    action: 'ledger.archive',
    args,
    personal: ['justification'],
    load: async (_trx, _args, scope) => ({
      resource: knownResource(scope, { type: 'ledger', id: scope.actor.tenant, purpose: 'record' }),
      facts: {},
      state: {},
    }),
    effect: async (trx, { beforeSeq, manifestDigest, justification }, _state, { actor }) => {
      await assertArchivable(trx, actor.tenant, beforeSeq);
      return { result: { beforeSeq, manifestDigest }, record: { beforeSeq, manifestDigest, justification } };
    },
  });
}
