import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, bundleFromJSON, isBundleWithMessageSignature } from '@sigstore/bundle';
import { sha256 } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';
import { names } from '../names.ts';
import type { Built } from '../read-built.ts';
import { nameIn } from './keyless/certificate.ts';

/** Where further signatures stand: eight beside the manifest's own. */
export const places = [2, 3, 4, 5, 6, 7, 8, 9].map((number) => `manifest.${number}.sigstore.json`);

/** The first free name. @throws EvidenceError `evidence.signatures_full` */
export function furtherSignature({ folder, signatures }: Built): string {
  const free = places.find((name) => !signatures.includes(name));
  if (free !== undefined) return free;
  throw new EvidenceError('evidence.signatures_full', `\`${folder}\` has as many signatures as a bundle may have`, {
    remedy: 'nothing need be done: more signers than that count for nobody',
  });
}

/**
 * Who has signed the manifest, as their signatures say: verifying them is for whoever holds the keys.
 *
 * @throws EvidenceError `evidence.bundle_invalid` when a signature cannot be read or is over another manifest
 */
export function signersOf({ folder, signatures, manifestBytes }: Built): Set<string> {
  const present = signatures.filter((name) => name === names.manifestSignature || places.includes(name));
  return new Set(present.map((name) => signerIn(folder, name, manifestBytes)));
}

function signerIn(folder: string, name: string, manifest: Buffer): string {
  try {
    const bundle = bundleFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    if (!isOver(bundle, manifest)) throw new Error('it is a signature over something else');
    return nameOf(bundle);
  } catch (cause) {
    throw new EvidenceError('evidence.bundle_invalid', `\`${name}\` in \`${folder}\` is not a signature over its manifest`, {
      cause,
      remedy: 'verify the bundle before you add your signature to it',
    });
  }
}

function isOver(bundle: Bundle, manifest: Buffer): boolean {
  return isBundleWithMessageSignature(bundle) && bundle.content.messageSignature.messageDigest.digest.equals(sha256(manifest));
}

function nameOf({ verificationMaterial: { content } }: Bundle): string {
  switch (content.$case) {
    case 'publicKey':
      return content.publicKey.hint;
    case 'certificate':
      return nameIn(Buffer.from(content.certificate.rawBytes));
    case 'x509CertificateChain':
      throw new Error('it has a chain of certificates, which a bundle v0.3 does not');
  }
}
