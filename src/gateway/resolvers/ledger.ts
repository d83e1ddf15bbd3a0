import { isId, isJsonObject, type JsonObject } from '../../core/index.ts';
import type { Resolvers } from '../schema.gen.ts';
import { text, toEntry, toPage } from './entry-view.ts';

/** What the ledger shows: receipts and heads to their tenant, entries only as the result of a governed read. */
export const ledgerResolvers: Resolvers = {
  Query: {
    receipt: async (_source, { entryId }, { parts, identity }) =>
      isId('entry', entryId) ? ((await parts.ledger.receipt(identity.actor.tenant, entryId)) ?? null) : null,
    checkpoint: async (_source, _args, { parts, identity }) => {
      const { tenant } = identity.actor;
      const checkpoint = await parts.ledger.checkpoint(tenant);
      return checkpoint === undefined ? null : { ...checkpoint, verifierKey: parts.ledger.verifierKey(tenant) };
    },
  },
  Governed: { __resolveType: () => null },
  Receipt: {
    seq: (receipt) => (receipt.status === 'SEQUENCED' ? receipt.seq : null),
    leafHash: (receipt) => (receipt.status === 'SEQUENCED' ? receipt.leafHash : null),
  },
  TimelinePayload: {
    entries: ({ result }) => (Array.isArray(result?.['entries']) ? result['entries'].map(toEntry) : null),
    archivedBefore: ({ result }) => (result === null ? null : Number(result['archivedBefore'])),
  },
  ArchiveLedgerPayload: {
    beforeSeq: ({ result }) => (result === null ? null : Number(result['beforeSeq'])),
    manifestDigest: ({ result }) => (result === null ? null : text(result['manifestDigest'])),
  },
  EntriesPayload: {
    page: ({ result }) => (result === null ? null : toPage(result)),
  },
  EntryProofPayload: {
    proof: ({ result }) => (isJsonObject(result?.['proof']) ? toProof(result['proof']) : null),
  },
};

function toProof(proof: JsonObject): { leaf: string; seq: number; path: string[]; checkpoint: string; verifierKey: string } {
  const { leaf, seq, path, checkpoint, verifierKey } = proof;
  return {
    leaf: text(leaf),
    seq: Number(seq),
    path: Array.isArray(path) ? path.map(text) : [],
    checkpoint: text(checkpoint),
    verifierKey: text(verifierKey),
  };
}
