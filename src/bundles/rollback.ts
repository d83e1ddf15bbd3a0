import { z } from 'zod';
import { type AnyCommand, defineCommand, type Scope, unknownResource } from '../govern/index.ts';
import type { Trx } from '../storage/index.ts';
import { factsOf, loadChange, makeChange, policyResource, type Target, targetOf } from './change.ts';
import type { BundleParts } from './publish.ts';
import { activationsOf } from './store.ts';

const args = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits'),
  justification: z.string().max(2_000),
});

/** How far back one may go. */
const HISTORY = 1_000;

/** `policy.rollback`: back to a policy that was active before, or to the one that ships, when a second person asks for the same. */
export function rollbackPolicy({ policies }: Pick<BundleParts, 'policies'>): AnyCommand {
  return defineCommand({
    action: 'policy.rollback',
    args,
    load: async (trx, { digest, justification }, scope) => {
      const target = await earlier(trx, scope, digest, targetOf({ builtIn: policies.builtIn }));
      if (target === undefined) return unknownResource(scope, { type: 'policy', id: digest, purpose: 'policy' });
      const change = await loadChange(trx, scope, policies, { action: 'policy.rollback', target });
      return { resource: policyResource(scope, digest), facts: factsOf(change, justification), state: change };
    },
    effect: (trx, { justification }, change, scope) => makeChange(trx, change, scope, justification),
  });
}

async function earlier(trx: Trx, scope: Scope, digest: string, builtIn: Target): Promise<Target | undefined> {
  if (digest === builtIn.digest) return builtIn;
  const found = (await activationsOf(trx, scope.actor.tenant, HISTORY)).find((activation) => activation.digest === digest);
  return found && { digest, serial: found.serial, revision: found.revision };
}
