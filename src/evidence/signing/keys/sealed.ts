import { randomBytes, scryptSync } from 'node:crypto';
import nacl from 'tweetnacl';
import { z } from 'zod';

/**
 * cosign's private key file (github.com/sigstore/cosign, pkg/cosign/keys.go): PEM around base64 of
 *
 *     {kdf: {name: "scrypt", params: {N, r, p}, salt}, cipher: {name: "nacl/secretbox", nonce}, ciphertext}
 *
 * with PKCS#8 DER as the plain text.
 */
const sealed = z.object({
  kdf: z.object({
    name: z.literal('scrypt'),
    // Bounded: a file must not decide how much memory and time reading it takes.
    params: z.object({
      N: z
        .int()
        .min(2)
        .max(1 << 20),
      r: z.int().min(1).max(16),
      p: z.int().min(1).max(8),
    }),
    salt: z.base64(),
  }),
  cipher: z.object({ name: z.literal('nacl/secretbox'), nonce: z.base64() }),
  ciphertext: z.base64(),
});

const LABEL = 'ENCRYPTED SIGSTORE PRIVATE KEY';
const PARAMS = { N: 65_536, r: 8, p: 1 };
const armour = /^-----BEGIN (ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n?$/;

export function isSealed(pem: string): boolean {
  return armour.test(pem);
}

/** The PKCS#8 DER in a sealed key; undefined when the password is not its. Throws when it is not a sealed key. */
export function unseal(pem: string, password: string): Buffer | undefined {
  const content: unknown = JSON.parse(Buffer.from(armour.exec(pem)?.[2] ?? '', 'base64').toString('utf8'));
  const { kdf, cipher, ciphertext } = sealed.parse(content);
  const key = derive(password, Buffer.from(kdf.salt, 'base64'), kdf.params);
  const plain = nacl.secretbox.open(Buffer.from(ciphertext, 'base64'), Buffer.from(cipher.nonce, 'base64'), key);
  return plain === null ? undefined : Buffer.from(plain);
}

export function seal(pkcs8: Uint8Array, password: string): string {
  const salt = randomBytes(32);
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const ciphertext = nacl.secretbox(pkcs8, nonce, derive(password, salt, PARAMS));
  const content = {
    kdf: { name: 'scrypt', params: PARAMS, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
  const lines =
    Buffer.from(JSON.stringify(content))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${LABEL}-----\n${lines.join('\n')}\n-----END ${LABEL}-----\n`;
}

function derive(password: string, salt: Uint8Array, { N, r, p }: { N: number; r: number; p: number }): Buffer {
  return scryptSync(password, salt, nacl.secretbox.keyLength, { N, r, p, maxmem: 256 * N * r });
}
