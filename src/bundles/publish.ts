import { z } from 'zod';
import { digestOf } from '../core/index.ts';
import { type AnyCommand, defineCommand } from '../govern/index.ts';
import {
  type BundleFiles,
  type BundleTrust,
  bundleSignature,
  type Inspection,
  inspectBundle,
  type PolicyRegistry,
} from '../policy/index.ts';
import { type Change, factsOf, loadChange, makeChange, policyResource, type Target } from './change.ts';
import { storeBundle } from './store.ts';
import { whyIrrevocable } from './take-back.ts';

export type BundleParts = { readonly policies: Pick<PolicyRegistry, 'builtIn'>; readonly trust: BundleTrust };

const file = z
  .base64()
  .max(4_000_000)
  .transform((text) => Buffer.from(text, 'base64'));

const args = z.strictObject({
  manifest: file,
  wasm: file,
  data: file,
  selfTest: file,
  signature: file.nullish(),
  justification: z.string().max(2_000),
});
type Published = z.infer<typeof args>;

type State = { readonly change: Change; readonly files: BundleFiles; readonly inspection: Inspection };

/**
 * `policy.publish`: makes a signed bundle the tenant's policy, when a second person publishes the same. What is wrong with a bundle
 * is a fact that rules judge, so that an attempt to publish a forged one is a denial in the ledger and not just an error.
 */
export function publishPolicy({ policies, trust }: BundleParts): AnyCommand {
  return defineCommand({
    action: 'policy.publish',
    args,
    load: async (trx, published, scope) => {
      const files = filesOf(published);
      const inspection = await inspectBundle(files, 'the call', trust);
      const target = targetOf(inspection, published.manifest);
      const change = await loadChange(trx, scope, policies, { action: 'policy.publish', target });
      const bundle = {
        serial: target.serial,
        activeSerial: change.active.serial,
        signature: inspection.signature.state,
        signer: inspection.signature.state === 'valid' ? inspection.signature.signer : null,
        fault: inspection.fault ?? whyIrrevocable(inspection.engine, scope) ?? null,
      };
      const state: State = { change, files, inspection };
      return { resource: policyResource(scope, target.digest), facts: { ...factsOf(change, published.justification), bundle }, state };
    },
    effect: async (trx, { justification }, { change, files, inspection }, scope) => {
      const { signature, fault, bundle } = inspection;
      // No policy, however it came to be active, may let in one that nobody signed or that does not run.
      if (signature.state !== 'valid' || fault !== null) throw new Error('the policy allowed a bundle that is unsigned or faulty');
      const effect = await makeChange(trx, change, scope, justification);
      const { signer } = signature;
      if (effect.result.status === 'ACTIVATED') {
        await storeBundle(trx, scope.actor.tenant, { manifest: bundle.manifest, signer, files, at: scope.now });
      }
      return { ...effect, record: { ...effect.record, signer } };
    },
  });
}

function filesOf({ manifest, wasm, data, selfTest, signature }: Published): BundleFiles {
  const files: [string, Buffer][] = [
    ['manifest.json', manifest],
    ['policy.wasm', wasm],
    ['data.json', data],
    ['selftest.json', selfTest],
  ];
  return new Map(signature == null ? files : [...files, [bundleSignature, signature]]);
}

/** What cannot be read is still named, by the digest of what should have been its manifest. */
function targetOf({ bundle }: Inspection, manifest: Buffer): Target {
  if (bundle === undefined) return { digest: digestOf(manifest), serial: 0, revision: 'unknown' };
  const { digest, serial, revision } = bundle.manifest;
  return { digest, serial, revision };
}
