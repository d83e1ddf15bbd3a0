import { z } from 'zod';
import { digestOf } from '../core/index.ts';
import { type AnyCommand, defineCommand, type Scope } from '../govern/index.ts';
import {
  type BundleFiles,
  type BundleTrust,
  bundleSignature,
  type Inspection,
  inspectBundle,
  type PolicyBundle,
  type PolicyRegistry,
} from '../policy/index.ts';
import { type Candidate, type Change, type ChangeResult, factsOf, loadChange, makeChange, type Named, policyResource } from './change.ts';
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

type State = { readonly change: Change; readonly files: BundleFiles; readonly bundle: PolicyBundle | undefined };

/**
 * `policy.publish`: makes a signed bundle the tenant's policy, when a second person publishes the same. What is wrong with a bundle
 * is a fact that rules judge, so that an attempt to publish a forged one is a denial in the ledger and not just an error.
 */
export function publishPolicy({ policies, trust }: BundleParts): AnyCommand {
  return defineCommand<Published, State, ChangeResult>({
    action: 'policy.publish',
    args,
    personal: ['justification'],
    load: async (trx, published, scope) => {
      const files = filesOf(published);
      const inspection = await inspectBundle(files, 'the call', trust);
      const change = await loadChange(trx, scope, policies, candidateOf(inspection, published.manifest, scope));
      const state: State = { change, files, bundle: inspection.bundle };
      return { resource: policyResource(scope, change.target.digest), facts: factsOf(change, published.justification), state };
    },
    effect: async (trx, { justification }, { change, files, bundle }, scope) => {
      const effect = await makeChange(trx, change, scope, justification);
      if (effect.result.status === 'PROPOSED' || bundle === undefined || change.signature.state !== 'valid') return effect;
      await storeBundle(trx, scope.actor.tenant, { manifest: bundle.manifest, signer: change.signature.signer, files, at: scope.now });
      return effect;
    },
  });
}

function candidateOf(inspection: Inspection, manifest: Buffer, scope: Scope): Candidate {
  const { signature, fault, engine } = inspection;
  return {
    action: 'policy.publish',
    target: { ...namesOf(inspection, manifest), builtIn: false },
    manifest: digestOf(manifest),
    signature,
    fault: engine === undefined ? fault : (whyIrrevocable(engine, scope) ?? null),
  };
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
function namesOf({ bundle }: Inspection, manifest: Buffer): Named {
  if (bundle === undefined) return { digest: digestOf(manifest), serial: 0, revision: 'unknown' };
  const { digest, serial, revision } = bundle.manifest;
  return { digest, serial, revision };
}
