import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import type { Ledger, SequencedLeaf } from '../ledger/index.ts';

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
export function readTimeline(ledger: Ledger): AnyCommand {
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
      return { result: { entries: leaves.map(toResult) }, record: { subject, entries: leaves.length } };
    },
  });
}

function toResult(leaf: SequencedLeaf): { seq: number; leafHash: string; body: string } {
  return { seq: leaf.seq, leafHash: leaf.hash.toString('hex'), body: leaf.body.toString('utf8') };
}
