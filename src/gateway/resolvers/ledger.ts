import { isId, isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { tlogProof } from '../../ledger/index.ts';
import type { Resolvers } from '../schema.gen.ts';

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
  },
  EntryProofPayload: {
    proof: ({ result }) => (isJsonObject(result?.['proof']) ? toProof(result['proof']) : null),
  },
  ConsistencyProofPayload: {
    proof: ({ result }) => (isJsonObject(result?.['proof']) ? toConsistencyProof(result['proof']) : null),
  },
};

type EntryView = {
  seq: number;
  entryId: string;
  ts: string;
  type: string;
  subject: string;
  actor: string;
  leafHash: string;
  prev: string | null;
  data: Json;
};

type ProofView = { leaf: string; seq: number; path: string[]; checkpoint: string; verifierKey: string; tlogProof: string };

/** A leaf as GraphQL shows it. What the kernel wrote is read back, so a wrong shape is a fault of ours. */
function toEntry(row: Json): EntryView {
  const { seq, leafHash, body } = object(row);
  const leaf = object(JSON.parse(text(body)));
  return {
    seq: Number(seq),
    leafHash: text(leafHash),
    entryId: text(leaf['id']),
    ts: text(leaf['ts']),
    type: text(leaf['type']),
    subject: text(leaf['subject']),
    actor: text(object(leaf['actor'])['id']),
    prev: leaf['prev'] === null ? null : text(leaf['prev']),
    data: leaf['data'] ?? null,
  };
}

function toConsistencyProof({ from, to, path, checkpoint }: JsonObject): { from: number; to: number; path: string[]; checkpoint: string } {
  return { from: Number(from), to: Number(to), path: texts(path), checkpoint: text(checkpoint) };
}

function toProof(proof: JsonObject): ProofView {
  const { leaf, seq, path, checkpoint, verifierKey } = proof;
  const view = { leaf: text(leaf), seq: Number(seq), path: texts(path), checkpoint: text(checkpoint) };
  return { ...view, verifierKey: text(verifierKey), tlogProof: tlogProof(view) };
}

function object(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) throw new Error('the ledger holds something that is not an object where an entry must be');
  return value;
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('the ledger holds something that is not text where text must be');
  return value;
}
