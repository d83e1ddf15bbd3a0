import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cosignedMessage, formatNoteKey, messageOf, noteAlgorithm, parseNoteKey } from '../core/index.ts';
import { WitnessError } from './errors.ts';

/**
 * The witness's Ed25519 key under its name. It signs C2SP cosignatures (https://c2sp.org/tlog-cosignature) and nothing else:
 *
 *     "— " name " " base64(keyID ‖ u64be time ‖ signature over "cosignature/v1\ntime <time>\n" text) "\n"
 */
export type WitnessKey = {
  /** What logs and verifiers are given: `name+hex(keyID)+base64(0x04 ‖ public key)`. */
  readonly verifierKey: string;
  /** A signature line over a checkpoint's text, with its line end. `time` in Unix seconds. */
  cosign(text: string, time: number): string;
};

/** Reads a PKCS#8 PEM. @throws WitnessError `witness.key_missing`, `witness.key_malformed` */
export function readWitnessKey(file: string, name: string): WitnessKey {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WitnessError('witness.key_missing', `cannot read the witness key \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: `make one with \`countersign witness keygen --name ${name} --key ${file}\``,
    });
  }
  return keyOf(parsePem(file, pem), name);
}

/** Makes a key in a file that only its owner reads. @throws WitnessError `witness.key_exists` */
export function createWitnessKey(file: string, name: string): WitnessKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = keyOf(privateKey, name);
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new WitnessError('witness.key_exists', `cannot write the key to \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name a file that does not exist yet; a key is never overwritten',
    });
  }
  return key;
}

function parsePem(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below: what the parser says may quote key material
  }
  throw new WitnessError('witness.key_malformed', `\`${file}\` does not hold an Ed25519 private key in PKCS#8 PEM`, {
    remedy: `make one with \`openssl genpkey -algorithm ed25519 -out ${file}\``,
  });
}

function keyOf(privateKey: KeyObject, name: string): WitnessKey {
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const verifierKey = formatNoteKey(name, publicKey, noteAlgorithm.cosignature);
  const id = parseNoteKey(verifierKey, noteAlgorithm.cosignature)?.id;
  if (id === undefined) {
    throw new WitnessError('witness.key_malformed', `\`${name}\` cannot be the name of a key`, {
      remedy: 'use a name like a URL without its scheme, `witness.example.org/w1` for one: neither spaces nor +',
    });
  }
  return {
    verifierKey,
    cosign: (text, time) => {
      const stamp = Buffer.alloc(8);
      stamp.writeBigUInt64BE(BigInt(time));
      const signature = sign(null, Buffer.from(cosignedMessage(text, BigInt(time)), 'utf8'), privateKey);
      return `— ${name} ${Buffer.concat([id, stamp, signature]).toString('base64')}\n`;
    },
  };
}
