import { z } from 'zod';
import type { Artifact } from './artifact.ts';
import { recordOf } from './artifact.ts';
import type { Verdict } from './contract.ts';
import type { LedgerState } from './items/ledger.ts';
import type { PolicyVersion } from './items/policy.ts';
import { names } from './names.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const manifestSchema = z.strictObject({
  release: z.string(),
  artifacts: z.array(
    z.strictObject({
      name: z.string(),
      sha256: hex,
      size: z.int().min(0),
      mediaType: z.string(),
      predicateType: z.string().exactOptional(),
    }),
  ),
  provenance: digest,
  ledger: z.strictObject({
    origin: z.string(),
    size: z.int().min(0),
    root: hex,
    verifierKey: z.string(),
    checkpoint: z.string(),
    proof: z.string(),
    /** Digest of the manifest of the release before, so that releases form a chain. */
    prevManifest: digest.nullable(),
  }),
  policy: z.strictObject({ revision: z.string(), digest }),
  contract: z.strictObject({ required: z.array(z.string()), missing: z.array(z.string()) }),
});
/** `manifest.json`: everything that the release shows, by digest. */
export type Manifest = z.infer<typeof manifestSchema>;

export type ManifestParts = {
  readonly release: string;
  readonly artifacts: readonly Artifact[];
  readonly provenance: string;
  readonly ledger: LedgerState;
  readonly prevManifest: string | null;
  readonly policy: PolicyVersion;
  readonly contract: Verdict;
};

export function toManifest({ release, artifacts, provenance, ledger, prevManifest, policy, contract }: ManifestParts): Manifest {
  const { origin, size, root, verifierKey } = ledger;
  return {
    release,
    artifacts: artifacts.map(recordOf).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    provenance,
    ledger: { origin, size, root, verifierKey, checkpoint: names.checkpoint, proof: names.proofs, prevManifest },
    policy: { revision: policy.revision, digest: policy.digest },
    contract: { required: [...contract.required], missing: [...contract.missing] },
  };
}
