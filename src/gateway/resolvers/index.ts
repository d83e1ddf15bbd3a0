import type { Resolvers } from '../schema.gen.ts';
import { breakGlassResolvers } from './break-glass.ts';
import { evidenceResolvers } from './evidence.ts';
import { flagResolvers } from './flags.ts';
import { incidentResolvers } from './incidents.ts';
import { ledgerResolvers } from './ledger.ts';
import { policyResolvers } from './policy.ts';
import { privacyResolvers } from './privacy.ts';
import { DateTime, JSONScalar, Long } from './scalars.ts';

const viewer: Resolvers = {
  Query: {
    viewer: (_source, _args, { identity: { actor } }) => ({
      id: actor.id,
      tenant: actor.tenant,
      roles: actor.roles,
      purposes: actor.purposes,
    }),
  },
};

/** Every resolver that is not an action; those come from `@governed`. They translate and hold no logic. */
export const resolvers: readonly Resolvers[] = [
  { DateTime, JSON: JSONScalar, Long },
  viewer,
  incidentResolvers,
  breakGlassResolvers,
  flagResolvers,
  ledgerResolvers,
  policyResolvers,
  privacyResolvers,
  evidenceResolvers,
];
