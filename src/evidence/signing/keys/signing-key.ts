import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { p256 } from '@noble/curves/nist.js';
import { messageOf, sha256 } from '../../../core/index.ts';
import { EvidenceError } from '../../errors.ts';
import { isSealed, unseal } from './sealed.ts';

/** A P-256 key that signs the same bytes with the same signature every time (RFC 6979). */
export type SigningKey = {
  /** base64 of SHA-256 over the SubjectPublicKeyInfo: the hint by which sigstore bundles name a key. */
  readonly hint: string;
  readonly publicKeyPem: string;
  /** DER, ECDSA over SHA-256. */
  sign(data: Uint8Array): Buffer;
};

/**
 * Reads PKCS#8 PEM or cosign's encrypted format.
 *
 * @throws EvidenceError `evidence.key_unreadable`, `evidence.key_malformed`, `evidence.key_curve`, `evidence.password_wrong`;
 * never with key material in the message
 */
export function readSigningKey(file: string, password: string | undefined): SigningKey {
  const pem = readKeyFile(file);
  const privateKey = isSealed(pem) ? openSealed(file, pem, password) : parse(file, pem);
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new EvidenceError('evidence.key_curve', `the key \`${file}\` is not on the curve P-256`, {
      remedy: 'make one with `ig-evidence keygen`: cosign verifies other kinds of key differently from version to version',
    });
  }
  return toSigningKey(privateKey);
}

function toSigningKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  return {
    hint: sha256(publicKey.export({ format: 'der', type: 'spki' })).toString('base64'),
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (data) => {
      // lowS off: exactly what RFC 6979 says, and what its test vectors check; sigstore's verifiers accept either half.
      const signature = Buffer.from(p256.sign(data, secret, { prehash: true, lowS: false, format: 'der', extraEntropy: false }));
      // Signed by one implementation, checked by another: a faulty signature never leaves.
      if (!verify('sha256', data, publicKey, signature)) throw new Error('the signature just made does not verify');
      return signature;
    },
  };
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch (cause) {
    throw new EvidenceError('evidence.key_unreadable', `cannot read the signing key \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'correct --key, or make a key with `ig-evidence keygen`; nothing was signed',
    });
  }
}

/** A key may be sealed with the empty password, which is what an unset COSIGN_PASSWORD means to cosign in a pipeline. */
function openSealed(file: string, pem: string, password: string | undefined): KeyObject {
  const der = unsealed(file, pem, password ?? '');
  if (der !== undefined) return parseDer(file, der);
  const why =
    password === undefined ? 'it needs a password and COSIGN_PASSWORD is not set' : 'the password in COSIGN_PASSWORD is not the right one';
  throw new EvidenceError('evidence.password_wrong', `cannot open the signing key \`${file}\`: ${why}`, {
    remedy: 'set COSIGN_PASSWORD to the password that the key was made with; nothing was signed',
  });
}

function unsealed(file: string, pem: string, password: string): Buffer | undefined {
  try {
    return unseal(pem, password);
  } catch {
    throw malformed(file);
  }
}

function parseDer(file: string, der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw malformed(file);
  }
}

function parse(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw malformed(file);
  }
}

/** Without the cause: what a parser says may quote key material. */
function malformed(file: string): EvidenceError {
  return new EvidenceError('evidence.key_malformed', `\`${file}\` is neither an unencrypted PKCS#8 key in PEM nor a key file of cosign`, {
    remedy: 'make a key with `ig-evidence keygen` or `cosign generate-key-pair`; nothing was signed',
  });
}
