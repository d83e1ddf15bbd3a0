import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../core/index.ts';
import { LedgerError } from './errors.ts';
import { type NoteSigner, noteSigner } from './note.ts';

/** The log-signing key. One key signs every log of an installation; the origin tells the logs apart. */
export class LedgerKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  }

  /** Reads a PKCS#8 PEM. @throws LedgerError `ledger.key_missing`, `ledger.key_malformed` */
  static read(file: string): LedgerKey {
    let pem: string;
    try {
      pem = readFileSync(file, 'utf8');
    } catch (cause) {
      throw new LedgerError('ledger.key_missing', `cannot read the ledger key \`${file}\`: ${messageOf(cause)}`, {
        cause,
        remedy: `make one with \`openssl genpkey -algorithm ed25519 -out ${file}\`, or correct LEDGER_KEY_FILE`,
      });
    }
    return new LedgerKey(parse(file, pem));
  }

  /** Reads the key, making it first where there is none. Of several starters at once, the first to write wins. */
  static readOrCreate(file: string): LedgerKey {
    if (!existsSync(file)) create(file);
    return LedgerKey.read(file);
  }

  /** A signer in the name of a log. */
  signerFor(origin: string): NoteSigner {
    return noteSigner(origin, this.#privateKey, this.#publicKey);
  }
}

function parse(file: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below: what the parser says may quote key material
  }
  throw new LedgerError('ledger.key_malformed', `\`${file}\` does not hold an Ed25519 private key in PKCS#8 PEM`, {
    remedy: `make one with \`openssl genpkey -algorithm ed25519 -out ${file}\``,
  });
}

function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(temporary, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
