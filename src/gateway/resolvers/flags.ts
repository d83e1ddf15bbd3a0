import { listFlags } from '../../flags/index.ts';
import { subjectOf } from '../../vault/index.ts';
import type { Resolvers } from '../schema.gen.ts';

export const flagResolvers: Resolvers = {
  Query: {
    flags: (_source, _args, { parts, identity }) =>
      parts.database.transaction(identity.actor.tenant, (trx) => listFlags(trx, identity.actor.tenant)),
  },
  Flag: {
    reason: ({ key, reason, setBy }, _args, { texts }) =>
      texts.read({ column: 'flag.reason', row: key, subject: subjectOf(setBy), text: reason }),
  },
  FlagPayload: {
    flag: async ({ result }, _args, { parts, identity }) => {
      const flags = await parts.database.transaction(identity.actor.tenant, (trx) => listFlags(trx, identity.actor.tenant));
      return flags.find((flag) => flag.key === result?.['key']) ?? null;
    },
  },
};
