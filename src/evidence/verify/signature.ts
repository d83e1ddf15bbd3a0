import { type Bundle, bundleFromJSON, bundleToJSON, isBundleWithDsseEnvelope, isBundleWithMessageSignature } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { type Json, sha256 } from '../../core/index.ts';
import { emptyTrustRoot } from './expected.ts';
import { parseDocument, sameJson } from './form.ts';
import type { VerifyingKey } from './key.ts';
import { ensure, fail } from './report.ts';

const V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Reads a sigstore bundle that has nothing in it but what we are about to check. */
export function readSigstoreBundle(bytes: Buffer): Bundle {
  const json = parseDocument(bytes);
  const bundle = bundleFromJSON(json);
  const again: Json = JSON.parse(JSON.stringify(bundleToJSON(bundle)));
  ensure(sameJson(json, again), 'it has fields that a sigstore bundle does not have');
  ensure(bundle.mediaType === V03, `it is of type ${bundle.mediaType}`);
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  ensure(content.$case === 'publicKey', 'it is signed with a certificate, not with a key');
  const witnessed = tlogEntries.length + (timestampVerificationData?.rfc3161Timestamps.length ?? 0);
  ensure(witnessed === 0, 'it carries witnesses that nobody asked to trust');
  return bundle;
}

/** @throws when the bundle is not a signature of this key over these bytes */
export function verifyBlob(bundle: Bundle, bytes: Buffer, key: VerifyingKey): void {
  ensure(isBundleWithMessageSignature(bundle), 'it is not a message signature');
  const { digest } = bundle.content.messageSignature.messageDigest;
  ensure(sha256(bytes).equals(digest), 'it is a signature over other bytes');
  verify(bundle, key, bytes);
}

/** One signature an envelope: the library refuses a bundle with more. */
export function verifyEnvelope(bundle: Bundle, key: VerifyingKey): void {
  verify(bundle, key);
}

export function envelopeOf(bundle: Bundle) {
  ensure(isBundleWithDsseEnvelope(bundle), 'it is not a DSSE envelope');
  return bundle.content.dsseEnvelope;
}

/** Offline: the trust material is this one key; no log, no authority, no timestamp is asked for. */
function verify(bundle: Bundle, key: VerifyingKey, bytes?: Buffer): void {
  const trusted = toTrustMaterial(emptyTrustRoot, (hint) => {
    if (hint !== key.hint) fail(`it is signed by another key (${hint})`);
    return { publicKey: key.key, validFor: () => true };
  });
  new Verifier(trusted, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle, bytes));
}
