import type { Resolvers } from '../schema.gen.ts';

/** What an erasure destroyed. */
export const privacyResolvers: Resolvers = {
  EraseSubjectPayload: {
    erased: ({ result }) =>
      result && { subject: String(result['subject']), keys: Number(result['keys']), disclosures: Number(result['disclosures']) },
  },
};
