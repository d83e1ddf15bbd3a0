import { z } from 'zod';
import { type EntryId, isId } from '../core/index.ts';
import { type AnyCommand, defineCommand, knownResource, unknownResource } from '../govern/index.ts';
import type { InclusionProof } from '../ledger/index.ts';
import type { Disclosure } from '../vault/index.ts';
import type { AuditParts } from './parts.ts';

const args = z.strictObject({ entryId: z.string().refine((id): id is EntryId => isId('entry', id), 'is not an entry id') });

/** `ledger.read_entry`: one entry with the proof that the log holds it, which anyone can check offline. */
export function readEntry({ ledger, vault, shown }: AuditParts): AnyCommand {
  return defineCommand<{ entryId: EntryId }, InclusionProof, { proof: InclusionProof; disclosures: readonly Disclosure[] }>({
    action: 'ledger.read_entry',
    args,
    load: async (trx, { entryId }, scope) => {
      const described = { type: 'entry', id: entryId, purpose: 'record' };
      const { tenant } = scope.actor;
      const proof = await ledger.prove(trx, tenant, entryId, await shown(trx, tenant));
      if (proof === undefined) return unknownResource(scope, described);
      return { resource: knownResource(scope, described), facts: {}, state: proof };
    },
    effect: async (trx, { entryId }, proof, { actor }) => {
      const disclosures = (await vault.disclosuresOf(trx, actor.tenant, [entryId])).get(entryId) ?? [];
      return { result: { proof, disclosures }, record: { entryId, seq: proof.seq } };
    },
  });
}
