import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import type { ConsistencyProof, Ledger } from '../ledger/index.ts';

const args = z.strictObject({
  /** Size of the tree that the newest checkpoint is to be shown to continue; absent: none is asked for. */
  from: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

/**
 * `ledger.read_log`: the log as a tree, its checkpoints, tiles and entry bundles, which monitors fetch file by file, and the proof that
 * it continues what one has. One decision opens it for some minutes: an entry for every tile would make the log grow by being read.
 */
export function readLog(ledger: Ledger): AnyCommand {
  return defineCommand<{ from?: number | undefined }, { proof: ConsistencyProof | null }, { proof: ConsistencyProof | null }>({
    action: 'ledger.read_log',
    args,
    load: async (trx, { from }, scope) => {
      const { tenant } = scope.actor;
      const resource = knownResource(scope, { type: 'ledger', id: tenant, purpose: 'record' });
      const proof = from === undefined ? undefined : await ledger.proveConsistency(trx, tenant, from);
      return { resource, facts: {}, state: { proof: proof ?? null } };
    },
    effect: async (_trx, { from }, { proof }) => ({ result: { proof }, record: { from: from ?? null, to: proof?.to ?? null } }),
  });
}
