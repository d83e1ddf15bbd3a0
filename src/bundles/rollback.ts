import { z } from 'zod';
import { type AnyCommand, defineCommand, type Scope, unknownResource } from '../govern/index.ts';
import { inspectBundle } from '../policy/index.ts';
import type { Trx } from '../storage/index.ts';
import { builtInOf, type Candidate, type Change, type ChangeResult, factsOf, loadChange, makeChange, policyResource } from './change.ts';
import type { BundleParts } from './publish.ts';
import { activationsOf, findBundle } from './store.ts';

const args = z.strictObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits'),
  justification: z.string().max(2_000),
});

/** How far back one may go. */
const HISTORY = 1_000;

/**
 * `policy.rollback`: back to a policy that was active before, or to the one that ships, when a second person asks for the same. The
 * stored bundle is inspected like one that is published, or the tenant would be left with one that no gateway takes up.
 */
export function rollbackPolicy(parts: BundleParts): AnyCommand {
  return defineCommand<z.infer<typeof args>, Change, ChangeResult>({
    action: 'policy.rollback',
    args,
    personal: ['justification'],
    load: async (trx, { digest, justification }, scope) => {
      const candidate = await earlier(trx, scope, digest, parts);
      if (candidate === undefined) return unknownResource(scope, { type: 'policy', id: digest, purpose: 'policy' });
      const change = await loadChange(trx, scope, parts.policies, candidate);
      return { resource: policyResource(scope, digest), facts: factsOf(change, justification), state: change };
    },
    effect: (trx, { justification }, change, scope) => makeChange(trx, change, scope, justification),
  });
}

async function earlier(trx: Trx, { actor }: Scope, digest: string, { policies, trust }: BundleParts): Promise<Candidate | undefined> {
  const rollback = { action: 'policy.rollback', manifest: '' } as const;
  const builtIn = builtInOf(policies);
  if (digest === builtIn.digest) {
    return { ...rollback, target: { ...builtIn, builtIn: true }, signature: { state: 'valid', signer: 'built-in' }, fault: null };
  }
  const history = await activationsOf(trx, actor.tenant, HISTORY);
  const found = history.find((activation) => activation.digest === digest && !activation.builtIn);
  if (found === undefined) return undefined;
  const files = (await findBundle(trx, actor.tenant, digest)) ?? new Map();
  const { signature, fault } = await inspectBundle(files, `the stored ${digest}`, trust);
  const { serial, revision } = found;
  return { ...rollback, target: { digest, serial, revision, builtIn: false }, signature, fault };
}
