import type { TenantId } from '../core/index.ts';
import { type BundleFiles, type BundleTrust, inspectBundle, type PolicyEngine, type PolicyRegistry } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import { activationsOf, findBundle } from './store.ts';

/** What a stored policy is checked against. */
export type Checks = { readonly policies: Pick<PolicyRegistry, 'builtIn'>; readonly trust: BundleTrust };

/**
 * The engine of a stored policy, checked like one that is published: whoever can write the table is not whoever may sign.
 *
 * @throws Error saying why it cannot be used
 */
export async function loadStored(digest: string, files: BundleFiles, { trust }: Pick<Checks, 'trust'>): Promise<PolicyEngine> {
  const { engine, fault, signature } = await inspectBundle(files, `policy ${digest}`, trust);
  if (signature.state !== 'valid')
    throw new Error(`it is ${signature.state}${signature.state === 'untrusted' ? `: ${signature.why}` : ''}`);
  if (engine === undefined) throw new Error(fault ?? 'it cannot be used');
  if (engine.version.digest !== digest) throw new Error(`it is the policy ${engine.version.digest}`);
  return engine;
}

/** What decides for a tenant today. @throws Error saying why the policy in force cannot be used; StorageError */
export async function loadActive(database: Database, tenant: TenantId, checks: Checks): Promise<PolicyEngine> {
  const [digest, files] = await database.transaction(tenant, async (trx) => {
    const [active] = await activationsOf(trx, tenant, 1);
    return active === undefined || active.builtIn ? [] : [active.digest, await findBundle(trx, tenant, active.digest)];
  });
  return digest === undefined ? checks.policies.builtIn : loadStored(digest, files ?? new Map(), checks);
}
