import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import type { Ledger, SequencedLeaf } from '../ledger/index.ts';
import type { Disclosure, Vault } from '../vault/index.ts';

const args = z.strictObject({
  /** `<type>:<id>`, as entries name it. */
  subject: z.string().regex(/^[a-z]+:[A-Za-z0-9_.:-]{1,200}$/),
  after: z.int().min(-1).default(-1),
  first: z.int().min(1).max(200).default(50),
});

/**
 * `ledger.read_timeline`: a subject's history is its ledger entries. To look is an action: decided, and ledgered under the
 * log itself, so that looking at a timeline does not lengthen it.
 */
export function readTimeline(ledger: Ledger, vault: Vault): AnyCommand {
  return defineCommand({
    action: 'ledger.read_timeline',
    args,
    load: async (_trx, _args, scope) => ({
      resource: knownResource(scope, { type: 'ledger', id: scope.actor.tenant, purpose: 'record' }),
      facts: {},
      state: {},
    }),
    effect: async (trx, { subject, after, first }, _state, { actor }) => {
      const leaves = await ledger.timeline(trx, actor.tenant, subject, after, first);
      const found = await vault.disclosuresOf(
        trx,
        actor.tenant,
        leaves.map(({ entryId }) => entryId),
      );
      const entries = leaves.map((leaf) => toResult(leaf, found.get(leaf.entryId) ?? []));
      return { result: { entries }, record: { subject, entries: leaves.length } };
    },
  });
}

type Read = { seq: number; leafHash: string; body: string; disclosures: readonly Disclosure[] };

function toResult(leaf: SequencedLeaf, disclosures: readonly Disclosure[]): Read {
  return { seq: leaf.seq, leafHash: leaf.hash.toString('hex'), body: leaf.body.toString('utf8'), disclosures };
}
