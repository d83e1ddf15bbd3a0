import { z } from 'zod';
import { isPlainName, isRelease } from './names.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const moment = z.iso.datetime();
const plainName = z.string().refine(isPlainName, 'must be a plain file name');

const artifactRecord = z.strictObject({
  name: plainName,
  kind: z.string(),
  sha256: hex,
  size: z.int().min(0),
  mediaType: z.string(),
  predicateType: z.string().exactOptional(),
  madeAt: moment.exactOptional(),
  summary: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).exactOptional(),
  /** In a delta: the manifest of the bundle that holds the file. */
  from: digest.exactOptional(),
});
/** How the manifest names an artifact. */
export type ArtifactRecord = z.infer<typeof artifactRecord>;

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  release: z.string().refine(isRelease, 'must be like a tag: v1.2.3'),
  /** Of release: the part of the contract that applies. */
  kind: z.string(),
  at: moment,
  source: z.strictObject({ commit: z.string(), modified: z.boolean().nullable() }),
  artifacts: z.array(artifactRecord),
  provenance: digest,
  signature: z.literal('cosign:manifest.sigstore.json'),
  ledger: z.strictObject({
    origin: z.string(),
    size: z.int().min(0),
    root: hex,
    verifierKey: z.string(),
    checkpoint: z.literal('ledger-checkpoint'),
    proof: z.literal('ledger-proofs.json'),
    /** The entry that told of this bundle before it was built. */
    built: z.strictObject({ seq: z.int().min(0), entryId: z.string() }).nullable(),
    /** Digest of the manifest of the release before, so that releases form a chain. */
    prevManifest: digest.nullable(),
  }),
  policy: z.strictObject({ revision: z.string(), digest }),
  contract: z.strictObject({
    digest,
    verdict: z.enum(['PASSED', 'FAILED']),
    required: z.array(z.string()),
    missing: z.array(z.string()),
  }),
  /** In a delta: the manifest that it changes, and how many deltas there are with this one. */
  parent: z.strictObject({ manifest: digest, number: z.int().min(1) }).nullable(),
});
/** `manifest.json`: everything that the release shows, by digest. */
export type Manifest = z.infer<typeof manifestSchema>;
