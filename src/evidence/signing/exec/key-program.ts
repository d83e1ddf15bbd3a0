import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { sha256 } from '../../../core/index.ts';
import { EvidenceError } from '../../errors.ts';
import type { SignatureMaker } from '../key-signer.ts';
import { askProgram } from './ask.ts';

const TIMEOUT_MILLISECONDS = 60_000;

/**
 * A key that must not leave its place (KMS, HSM), behind a program of the user's own:
 *
 *     PROGRAM public-key                  prints the public key, SubjectPublicKeyInfo in PEM
 *     PROGRAM sign  < digest (32 bytes)   prints the DER signature over that SHA-256 digest in base64
 *
 * Every signature is checked with the public key before it is used.
 *
 * @throws EvidenceError `evidence.key_program_failed`, `evidence.key_program_wrong`, `evidence.key_curve`
 */
export async function openKeyProgram(
  program: string,
  signal: AbortSignal | undefined,
  timeoutMilliseconds: number = TIMEOUT_MILLISECONDS,
): Promise<SignatureMaker> {
  if (program === '') throw wrong('exec:', 'no program is named', 'write `--key exec:/path/to/program`');
  const asked = { program, timeoutMilliseconds, signal };
  const key = parseKey(program, await askProgram({ ...asked, verb: 'public-key' }));
  return {
    hint: sha256(key.export({ format: 'der', type: 'spki' })).toString('base64'),
    sign: async (data) => {
      const answer = await askProgram({ ...asked, verb: 'sign', input: sha256(data) });
      return checked(program, answer, data, key);
    },
  };
}

function parseKey(program: string, pem: string): KeyObject {
  const key = pem.startsWith('-----BEGIN PUBLIC KEY-----') ? publicKeyOf(pem) : undefined;
  if (key === undefined) throw wrong(`${program} public-key`, 'what it prints is not a public key in PEM');
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new EvidenceError('evidence.key_curve', `the key of \`${program}\` is not on the curve P-256`, {
    remedy: 'make a P-256 key there (`ECC_NIST_P256`, `EC_SIGN_P256_SHA256`); nothing was signed',
  });
}

function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function checked(program: string, answer: string, data: Uint8Array, key: KeyObject): Buffer {
  const text = answer.replaceAll(/\s/g, '');
  const signature = Buffer.from(text, 'base64');
  if (text === '' || signature.toString('base64') !== text) throw wrong(`${program} sign`, 'what it prints is not base64');
  if (verify('sha256', data, key, signature)) return signature;
  throw wrong(`${program} sign`, 'its signature does not verify with the public key that it printed');
}

function wrong(what: string, why: string, remedy?: string): EvidenceError {
  return new EvidenceError('evidence.key_program_wrong', `\`${what}\` cannot be used to sign: ${why}`, {
    remedy: remedy ?? 'have it sign the digest from stdin itself (not hash it again) and print DER in base64; nothing was signed',
  });
}
