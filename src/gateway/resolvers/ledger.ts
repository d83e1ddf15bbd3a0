import { isId, isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { tlogProof } from '../../ledger/index.ts';
import type { Disclosure } from '../../vault/index.ts';
import type { Resolvers } from '../schema.gen.ts';
import { text, texts, toDisclosures, toEntry, toPage } from './entry-view.ts';

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
    proof: ({ result }) => (isJsonObject(result?.['proof']) ? toProof(result['proof'], result['disclosures']) : null),
  },
  ConsistencyProofPayload: {
    proof: ({ result }) => (isJsonObject(result?.['proof']) ? toConsistencyProof(result['proof']) : null),
  },
};

function toConsistencyProof({ from, to, path, checkpoint }: JsonObject): { from: number; to: number; path: string[]; checkpoint: string } {
  return { from: Number(from), to: Number(to), path: texts(path), checkpoint: text(checkpoint) };
}

type ProofView = {
  leaf: string;
  seq: number;
  path: string[];
  checkpoint: string;
  verifierKey: string;
  tlogProof: string;
  disclosures: Disclosure[];
};

function toProof(proof: JsonObject, disclosures: Json | undefined): ProofView {
  const { leaf, seq, path, checkpoint, verifierKey } = proof;
  const view = { leaf: text(leaf), seq: Number(seq), path: texts(path), checkpoint: text(checkpoint) };
  return { ...view, verifierKey: text(verifierKey), tlogProof: tlogProof(view), disclosures: toDisclosures(disclosures) };
}
