import { activationsOf } from '../../bundles/index.ts';
import type { PolicyEngine } from '../../policy/index.ts';
import type { PolicyRef, Resolvers } from '../schema.gen.ts';

const MAX_ACTIVATIONS = 100;

/** Which policy decides for the caller's tenant, and how it came to be. */
export const policyResolvers: Resolvers = {
  Query: {
    policy: (_source, _args, { parts, identity }) => parts.policies.engineFor(identity.actor.tenant).version,
  },
  PolicyStatus: {
    active: (_source, _args, { parts, identity }) => refOf(parts.policies.engineFor(identity.actor.tenant)),
    builtIn: (_source, _args, { parts }) => refOf(parts.policies.builtIn),
    activations: (_source, { first }, { parts, identity: { actor } }) =>
      parts.database.transaction(actor.tenant, (trx) => activationsOf(trx, actor.tenant, Math.min(Math.max(first, 0), MAX_ACTIVATIONS))),
  },
  PolicyActivation: {
    policy: ({ digest, revision, serial }) => ({ digest, revision, serial }),
  },
  PolicyChangePayload: {
    status: async ({ result }, _args, { parts }) => {
      if (result === null) return null;
      if (result['status'] !== 'ACTIVATED') return 'PROPOSED';
      // Who is told that it is active is decided on by it, if this gateway can look just now; it is committed in any case.
      await parts.activations.refresh().catch((error: unknown) => parts.telemetry.log.warn({ err: error }, 'will look again'));
      return 'ACTIVATED';
    },
    policy: ({ result }) =>
      result && { digest: String(result['digest']), revision: String(result['revision']), serial: Number(result['serial']) },
  },
};

function refOf({ manifest: { digest, revision, serial } }: PolicyEngine): PolicyRef {
  return { digest, revision, serial };
}
