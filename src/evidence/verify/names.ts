/** What a verifier knows about bundles before it sees one, from docs/evidence-format.md and not from the builder. */

export const MANIFEST = 'manifest.json';
export const MANIFEST_SIGNATURE = 'manifest.sigstore.json';
export const MANIFEST_STATEMENT = 'manifest.att.sigstore.json';
export const MANIFEST_PREDICATE = 'https://countersign.dev/attestation/manifest/v1';
export const VERIFIER = 'https://countersign.dev/ig-evidence';

/** What every bundle has beside its items and its manifest, and the kind that goes with each name and with no other. */
export const partKinds: ReadonlyMap<string, string> = new Map([
  ['contract.json', 'contract'],
  ['verdict.json', 'verdict'],
  ['ledger-checkpoint', 'ledger-checkpoint'],
  ['ledger-proofs.json', 'ledger-proofs'],
  ['policy-manifest.json', 'policy-manifest'],
  ['empty-root.json', 'trust-root'],
  ['HOW-TO-VERIFY.md', 'guide'],
  ['index.html', 'page'],
]);

/** What is extracted from the ledger is there once: two extracts could tell two stories. */
export const ledgerLogs: readonly string[] = ['decision-log', 'access-log', 'erasure-log'];

/** Items that are read as a whole; only those of kind `file` may be larger. */
export const MAX_READ = 64 * 2 ** 20;
export const MAX_ITEM = 5 * 2 ** 30;
/** Read before anybody knows who signed it. */
export const MAX_MANIFEST = 4 * 2 ** 20;
export const MAX_SIGNATURE = 2 ** 20;

/** No separator, no leading dot, nothing that a shell or another file system reads differently. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
const STATEMENT = '.sigstore.json';

export function isPlainName(name: string): boolean {
  return plainName.test(name);
}

/** A plain name, or one with the ending of a statement behind. */
export function isFileName(name: string): boolean {
  return plainName.test(name.endsWith(STATEMENT) ? name.slice(0, -STATEMENT.length) : name);
}

/** A tag like `v1.2.3` or `v1.2.3-rc.1`, of at most 100 characters. */
export const releaseForm = /^(?=.{1,100}$)v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?$/;

export function statementFileOf(artifact: string): string {
  return `${artifact}${STATEMENT}`;
}

const furtherSignature = /^manifest\.[2-9]\.sigstore\.json$/;

/** manifest.sigstore.json and the further signatures over the same bytes. */
export function isManifestSignature(name: string): boolean {
  return name === MANIFEST_SIGNATURE || furtherSignature.test(name);
}

/** A name that, by itself or with its statement, would take the place of a file of ours. */
export function isReserved(name: string): boolean {
  return name === MANIFEST || name.endsWith(STATEMENT) || /^manifest(\.att|\.[2-9])?$/.test(name);
}
