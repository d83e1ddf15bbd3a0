/** The names of a bundle's files and the types of its statements (docs/evidence-format.md). */
export const names = {
  manifest: 'manifest.json',
  sbom: 'sbom.cdx.json',
  provenance: 'provenance.json',
  decisionLog: 'decision-log.jsonl',
  coverage: 'policy-coverage.json',
  policyManifest: 'policy-manifest.json',
  checkpoint: 'ledger-checkpoint',
  proofs: 'ledger-proofs.json',
  emptyRoot: 'empty-root.json',
  guide: 'HOW-TO-VERIFY.md',
  /** The signature over manifest.json itself, and the statement about it. */
  manifestSignature: 'manifest.sigstore.json',
  manifestStatement: 'manifest.att.sigstore.json',
} as const;

export const predicateTypes = {
  sbom: 'https://cyclonedx.org/bom',
  provenance: 'https://slsa.dev/provenance/v1',
  testResult: 'https://in-toto.io/attestation/test-result/v0.1',
  decisionLog: 'https://countersign.dev/attestation/decision-log/v1',
  manifest: 'https://countersign.dev/attestation/manifest/v1',
} as const;

/** The bundle that carries the statement about an artifact. */
export function statementFile(artifact: string): string {
  return `${artifact}.sigstore.json`;
}
