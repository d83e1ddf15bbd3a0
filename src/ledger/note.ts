import { type KeyObject, sign } from 'node:crypto';
import { sha256 } from '../core/index.ts';

/**
 * C2SP signed-note with Ed25519 (https://c2sp.org/signed-note):
 *
 *     text "\n" "— " name " " base64(keyID ‖ signature) "\n"
 *     keyID = first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)
 */
export type NoteSigner = {
  readonly name: string;
  /** `name+hex(keyID)+base64(0x01 ‖ public key)`: what a verifier is given. */
  readonly verifierKey: string;
  /** How base64 of this key's signatures begins: 3 of the 4 bytes of its key id, so that no bit of the signature is in it. */
  readonly mark: string;
  /** The signature line for a text. */
  signatureOf(text: string): string;
};

const ED25519 = 0x01;

export function noteSigner(name: string, privateKey: KeyObject, publicKey: Uint8Array): NoteSigner {
  const key = Buffer.concat([Uint8Array.of(ED25519), publicKey]);
  const keyId = sha256(Buffer.from(`${name}\n`, 'utf8'), key).subarray(0, 4);
  return {
    name,
    verifierKey: `${name}+${keyId.toString('hex')}+${key.toString('base64')}`,
    mark: keyId.subarray(0, 3).toString('base64'),
    signatureOf: (text) => {
      const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
      return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
    },
  };
}

/** A text with the signatures of all signers, in their order. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return `${text}\n${signers.map((signer) => signer.signatureOf(text)).join('')}`;
}

/** C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint): origin, size in decimal, root in base64, a line each. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}
