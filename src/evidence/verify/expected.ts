/**
 * What a verifier knows about bundles before it sees one, from docs/evidence-format.md and not from the builder: which items
 * there must be at least, and which kind of statement belongs to each.
 */
export const expectedItems: Readonly<Record<string, { readonly predicateType: string | null }>> = {
  'sbom.cdx.json': { predicateType: 'https://cyclonedx.org/bom' },
  'provenance.json': { predicateType: 'https://slsa.dev/provenance/v1' },
  'decision-log.jsonl': { predicateType: 'https://countersign.dev/attestation/decision-log/v1' },
  'policy-coverage.json': { predicateType: 'https://in-toto.io/attestation/test-result/v0.1' },
  'policy-manifest.json': { predicateType: null },
  'ledger-checkpoint': { predicateType: null },
  'ledger-proofs.json': { predicateType: null },
  'empty-root.json': { predicateType: null },
  'HOW-TO-VERIFY.md': { predicateType: null },
};

export const MANIFEST = 'manifest.json';
export const MANIFEST_SIGNATURE = 'manifest.sigstore.json';
export const MANIFEST_STATEMENT = 'manifest.att.sigstore.json';
export const MANIFEST_PREDICATE = 'https://countersign.dev/attestation/manifest/v1';

/** A trust root with any authority in it would make stock cosign trust that authority. */
export const emptyTrustRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  ctlogs: [],
  certificateAuthorities: [],
  timestampAuthorities: [],
};

export function statementFileOf(artifact: string): string {
  return `${artifact}.sigstore.json`;
}
