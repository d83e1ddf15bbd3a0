import { isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import type { Resolvers } from '../schema.gen.ts';

/** What releases show, only ever as the result of a governed action. */
export const evidenceResolvers: Resolvers = {
  EvidenceReleasesPayload: { page: ({ result }) => result && toConnection(result) },
  EvidenceBundlesPayload: { page: ({ result }) => result && toConnection(result) },
  RegisterEvidencePayload: { registration: ({ result }) => result },
  WaiveEvidencePayload: { waiver: ({ result }) => result },
  PublishEvidencePayload: { published: ({ result }) => result },
  PromoteReleasePayload: { promotion: ({ result }) => objectIn(result?.['promotion']) },
};

function toConnection({ nodes, hasNextPage }: JsonObject): JsonObject {
  const edges = Array.isArray(nodes) ? nodes : [];
  const cursorOf = (edge: Json | undefined) => objectIn(edge)?.['cursor'] ?? null;
  const ends = { startCursor: cursorOf(edges.at(0)), endCursor: cursorOf(edges.at(-1)) };
  return { edges, pageInfo: { hasNextPage: hasNextPage === true, hasPreviousPage: false, ...ends } };
}

function objectIn(value: Json | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}
