import { type Bundle, isBundleWithMessageSignature } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { sha256 } from '../../../core/index.ts';
import { ensure, fail } from '../report.ts';
import { envelopeOf } from './bundle.ts';
import type { SignedBy, Signers, TrustedKey } from './signers.ts';

/** Trusts no authority and no log: a key is trusted by itself. */
const nobody = TrustedRoot.fromJSON({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' });

/**
 * Whose signature over these bytes it is; offline.
 *
 * @param bundle from `readSigstoreBundle`
 * @throws Error with the reason, when it is none of somebody who is trusted
 */
export function verifyBlob(bundle: Bundle, bytes: Uint8Array, signers: Signers): SignedBy {
  ensureOver(bundle, bytes);
  return verify(bundle, signers, Buffer.from(bytes));
}

/** It says to be a signature over these bytes, whoever's. @throws Error with the reason */
export function ensureOver(bundle: Bundle, bytes: Uint8Array): void {
  ensure(isBundleWithMessageSignature(bundle), 'it is not a message signature');
  const { digest } = bundle.content.messageSignature.messageDigest;
  ensure(sha256(bytes).equals(digest), 'it is a signature over other bytes');
}

/** Whose signature over the payload of its DSSE envelope it is; offline. @throws Error with the reason */
export function verifyEnvelope(bundle: Bundle, signers: Signers): SignedBy {
  envelopeOf(bundle);
  return verify(bundle, signers);
}

function verify(bundle: Bundle, signers: Signers, bytes?: Buffer): SignedBy {
  const { content } = bundle.verificationMaterial;
  return content.$case === 'publicKey' ? byKey(bundle, content.publicKey.hint, signers, bytes) : byIdentity(bundle, signers, bytes);
}

function byKey(bundle: Bundle, hint: string, { keys }: Signers, bytes?: Buffer): SignedBy {
  const trusted: TrustedKey = keys.get(hint) ?? fail(`it is signed by another key (${hint})`);
  const material = toTrustMaterial(nobody, () => ({ publicKey: trusted.key, validFor: () => true }));
  new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle, bytes));
  const { file, validUntil, revoked } = trusted;
  return { name: hint, label: `key ${hint.slice(0, 12)}… (${file})`, validUntil, revoked };
}

/**
 * A certificate counts as far as the trusted root vouches for it: issued by its authority, seen by its certificate log, and used
 * while it was valid, by the word of its transparency log or its timestamp authority.
 */
function byIdentity(bundle: Bundle, { identities, root }: Signers, bytes?: Buffer): SignedBy {
  if (root === null) fail('it is signed with a certificate, and no identities are trusted');
  const verifier = new Verifier(root, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  const { identity } = verifier.verify(toSignedEntity(bundle, bytes));
  const subject = identity?.subjectAlternativeName ?? fail('its certificate names nobody');
  const issuer = identity?.extensions?.issuer ?? fail('its certificate names no issuer');
  const trusted = identities.find((item) => item.issuer === issuer && item.matches(subject));
  if (trusted === undefined) fail(`it is signed by \`${subject}\` of \`${issuer}\`, who is not trusted`);
  return { name: trusted.name, label: `${subject} of ${issuer}`, validUntil: null, revoked: null };
}
