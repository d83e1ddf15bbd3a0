/** The names of a bundle's own files (docs/evidence-format.md). */
export const names = {
  manifest: 'manifest.json',
  contract: 'contract.json',
  verdict: 'verdict.json',
  checkpoint: 'ledger-checkpoint',
  proofs: 'ledger-proofs.json',
  policyManifest: 'policy-manifest.json',
  emptyRoot: 'empty-root.json',
  guide: 'HOW-TO-VERIFY.md',
  page: 'index.html',
  /** The signature over manifest.json itself, and the statement about the bundle. */
  manifestSignature: 'manifest.sigstore.json',
  manifestStatement: 'manifest.att.sigstore.json',
} as const;

/** Predicate types that belong to no kind of item. */
export const predicateTypes = {
  reference: 'https://in-toto.io/attestation/reference/v0.1',
  verdict: 'https://in-toto.io/attestation/svr/v0.2',
  manifest: 'https://countersign.dev/attestation/manifest/v1',
} as const;

/** Who makes verdicts and references, as statements name us. */
export const TOOL = 'https://countersign.dev/ig-evidence';

/** The bundle that carries the statement about an artifact. */
export function statementFile(artifact: string): string {
  return `${artifact}.sigstore.json`;
}

/** A tag like `v1.2.3` or `v1.2.3-rc.1`; of at most 100 characters, as a subject of the ledger and the folder of an archive must be. */
export function isRelease(text: string): boolean {
  return text.length <= 100 && /^v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?$/.test(text);
}

/** An item's name: no separator, no leading dot, nothing that a shell or another file system reads differently. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name);
}
