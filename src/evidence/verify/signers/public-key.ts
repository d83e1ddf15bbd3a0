import { createPublicKey, type KeyObject } from 'node:crypto';
import { sha256 } from '../../../core/index.ts';
import { EvidenceVerifyError } from '../errors.ts';
import { readKeyFile } from '../key.ts';

/** A P-256 public key in PEM, as it was handed over. @throws EvidenceVerifyError `evidence.verify.key_unreadable`, `….key_malformed` */
export function readPublicKey(file: string): { readonly hint: string; readonly key: KeyObject } {
  const key = parse(file, readKeyFile(file));
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw malformed(file);
  return { key, hint: sha256(key.export({ format: 'der', type: 'spki' })).toString('base64') };
}

function parse(file: string, pem: string): KeyObject {
  // A private key would be taken for its public half: refuse it, so that nobody passes one around.
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) throw malformed(file);
  try {
    return createPublicKey(pem);
  } catch {
    throw malformed(file);
  }
}

function malformed(file: string): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.verify.key_malformed', `\`${file}\` is not a P-256 public key in PEM`, {
    remedy: 'give the cosign.pub of the signer',
  });
}
