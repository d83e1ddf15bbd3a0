import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import { archivedBefore, type Ledger } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { showEntries } from './shown.ts';
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
      const entries = await showEntries(trx, vault, actor.tenant, leaves);
      const archived = await archivedBefore(trx, actor.tenant);
      return { result: { entries, archivedBefore: archived }, record: { subject, entries: leaves.length } };
    },
  });
}
