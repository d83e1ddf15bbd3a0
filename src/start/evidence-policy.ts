import { resolve } from 'node:path';
import type { StoredSource, Verified, Verifier, VerifyAsked } from '../catalog/index.ts';
import type { Config } from '../config/index.ts';
import type { Clock, TenantId } from '../core/index.ts';
import type { BundleSource, Check, VerifyPolicy } from '../evidence/verify/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** That a verdict is `FAILED` is the catalog's to know and a rule's to judge: such a bundle is published, so that a delta can mend it. */
const JUDGED_ELSEWHERE = 'contract.met';

/**
 * The verifier that anybody has, under the policy of the configuration. The log must be the tenant's own unless the policy names another.
 *
 * @throws EvidenceVerifyError when a policy, or what it names, cannot be read
 */
export async function openVerifier({ evidence, configDir }: Config, ledger: Pick<Ledger, 'verifierKey'>, clock: Clock): Promise<Verifier> {
  if (evidence.policy === undefined && evidence.policies.length === 0) return { signatures: unknown, bundle: unknown };
  const { readPolicy, verifyBundle, verifySignatures } = await import('../evidence/verify/index.ts'); // much to load, for those who publish here
  const read = (file: string): VerifyPolicy => readPolicy(resolve(configDir, file));
  const shared = evidence.policy === undefined ? undefined : read(evidence.policy);
  const own = new Map<string, VerifyPolicy>(evidence.policies.map(({ tenant, policy }) => [tenant, read(policy)]));
  const policyOf = (tenant: TenantId): VerifyPolicy | undefined => {
    const policy = own.get(tenant) ?? shared;
    return policy && { ...policy, ledgerKey: policy.ledgerKey ?? ledger.verifierKey(tenant) };
  };
  return {
    signatures: async (tenant, bundle) => {
      const policy = policyOf(tenant);
      if (policy === undefined) return unknown();
      return failuresOf([await verifySignatures({ bundle: toSource(bundle, 'what was uploaded'), policy, now: clock.now() })]);
    },
    bundle: async (asked) => {
      const policy = policyOf(asked.tenant);
      if (policy === undefined) return unknown();
      const { manifest, release, previous } = asked;
      return failuresOf((await verifyBundle({ ...sourcesOf(asked), manifest, release, previous, policy, now: clock.now() })).checks);
    },
  };
}

async function unknown(): Promise<Verified> {
  return { failed: ['policy.missing'] };
}

function failuresOf(checks: readonly Check[]): Verified {
  const failed = checks.filter(({ ok, check }) => !ok && check !== JUDGED_ELSEWHERE);
  return { failed: [...new Set(failed.map(({ check }) => check))] };
}

function sourcesOf({ bundle, parents }: VerifyAsked): { bundle: BundleSource; parents: BundleSource[] } {
  return { bundle: toSource(bundle, 'what was uploaded'), parents: parents.map((parent, at) => toSource(parent, `parent ${at + 1}`)) };
}

function toSource(files: StoredSource, place: string): BundleSource {
  return {
    place,
    checks: ['files.plain'],
    size: async () => files.reduce((sum, { size }) => sum + size, 0),
    files: async function* () {
      for (const { name, size, open } of files) yield { name, size, chunks: () => buffers(open()) };
    },
  };
}

async function* buffers(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteOffset, byteLength } of content) yield Buffer.from(buffer, byteOffset, byteLength);
}
