import { type Bundle, bundleFromJSON, bundleToJSON, isBundleWithDsseEnvelope } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import type { Json } from '../../../core/index.ts';
import { parseDocument, sameJson } from '../form.ts';
import { ensure, fail } from '../report.ts';

const V03 = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * Reads a sigstore bundle that has nothing in it but what is about to be checked: canonical, version 0.3, no unknown field, and
 * beside a key's signature nothing that no signature covers.
 *
 * @throws Error with the reason
 */
export function readSigstoreBundle(bytes: Buffer): Bundle {
  ensureFew(bytes);
  const json = parseDocument(bytes);
  const bundle = bundleFromJSON(json);
  const again: Json = JSON.parse(JSON.stringify(bundleToJSON(bundle)));
  ensure(sameJson(json, again), 'it has fields that a sigstore bundle does not have');
  ensure(bundle.mediaType === V03, `it is of type ${bundle.mediaType}`);
  checkContent(bundle);
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  if (content.$case === 'x509CertificateChain') fail('it has a chain of certificates');
  const witnessed = tlogEntries.length + (timestampVerificationData?.rfc3161Timestamps.length ?? 0);
  ensure(content.$case === 'certificate' || witnessed === 0, 'it is signed with a key and carries witnesses that nobody asked to trust');
  return bundle;
}

/** Members and elements of all that is in a bundle; one has some dozens beside its base64, which has none of these characters. */
const MAX_MEMBERS = 2_000;
const separators = new Set(Buffer.from(',[{'));

/** It is parsed before anybody knows who made it, and a list without an end costs far more than its bytes. */
function ensureFew(bytes: Buffer): void {
  let members = 0;
  for (const byte of bytes) if (separators.has(byte)) members += 1;
  ensure(members <= MAX_MEMBERS, 'it has more members than a sigstore bundle has');
}

/** The one envelope in a bundle. @throws Error when there is none */
export function envelopeOf(bundle: Bundle) {
  ensure(isBundleWithDsseEnvelope(bundle), 'it is not a DSSE envelope');
  return bundle.content.dsseEnvelope;
}

function checkContent({ content }: Bundle): void {
  if (content.$case === 'messageSignature') {
    ensure(content.messageSignature.messageDigest.algorithm === HashAlgorithm.SHA2_256, 'its digest is not SHA-256');
    return;
  }
  const { signatures } = content.dsseEnvelope;
  ensure(signatures.length === 1, `it has ${signatures.length} signatures`);
  // The one field of an envelope that the signature does not cover.
  ensure(signatures[0]?.keyid === '', 'it names a key in its envelope');
}
