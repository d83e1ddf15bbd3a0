import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import { archivedBefore, type Ledger, type SequencedLeaf } from '../ledger/index.ts';
import { subjectPattern } from './subject.ts';

const args = z.strictObject({
  subject: z.string().regex(subjectPattern),
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
      const archived = await archivedBefore(trx, actor.tenant);
      return { result: { entries: leaves.map(toResult), archivedBefore: archived }, record: { subject, entries: leaves.length } };
    },
  });
}

function toResult(leaf: SequencedLeaf): { seq: number; leafHash: string; body: string } {
  return { seq: leaf.seq, leafHash: leaf.hash.toString('hex'), body: leaf.body.toString('utf8') };
}
