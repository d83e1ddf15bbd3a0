import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../core/index.ts';
import { LedgerError } from './errors.ts';
import { type NoteSigner, noteSigner } from './note.ts';
import { OutboxSealer, type SealCheck } from './seal.ts';

type Pair = { readonly privateKey: KeyObject; readonly publicKey: Buffer; readonly sealer: OutboxSealer };

const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * The log-signing keys of an installation, the current one first. One key signs every log; the origin tells the logs apart. A former
 * key is kept for one purpose: to hand over a log that it signed last (docs/ledger-format.md, Rotation).
 */
export class LedgerKey {
  readonly #current: Pair;
  readonly #former: readonly Pair[];

  private constructor([current, ...former]: [Pair, ...Pair[]]) {
    this.#current = current;
    this.#former = former;
  }

  /** @throws LedgerError `ledger.key_missing`, `ledger.key_malformed` */
  static read(file: string): LedgerKey {
    return LedgerKey.parse(readPem(file), `\`${file}\``);
  }

  /** Reads the key, making it first where there is none. Of several starters at once, the first to write wins. */
  static readOrCreate(file: string): LedgerKey {
    if (!existsSync(file)) create(file);
    return LedgerKey.read(file);
  }

  /**
   * @param pem one or more Ed25519 private keys, PKCS#8 PEM, the current one first
   * @param where for the error: where it was found
   * @throws LedgerError `ledger.key_malformed`
   */
  static parse(pem: string, where: string): LedgerKey {
    const [current, ...former] = (pem.match(PEM_BLOCK) ?? [pem]).map((block) => pairOf(block, where));
    if (current === undefined) throw malformed(where);
    return new LedgerKey([current, ...former]);
  }

  /** The current key as a signer in the name of a log. */
  signerFor(origin: string): NoteSigner {
    return signerOf(this.#current, origin);
  }

  /** The signer that a verifier key names, current or former; undefined when its private key is not here. */
  signerNamed(origin: string, verifierKey: string): NoteSigner | undefined {
    return [this.#current, ...this.#former].map((pair) => signerOf(pair, origin)).find((signer) => signer.verifierKey === verifierKey);
  }

  /** Whose signature of ours a note carries; undefined when none. */
  signerOf(origin: string, note: string): NoteSigner | undefined {
    return [this.#current, ...this.#former]
      .map((pair) => signerOf(pair, origin))
      .find((signer) => note.includes(`— ${origin} ${signer.mark}`));
  }

  /** Seals an outbox row: what waits for its place can be altered by whoever writes the database, but not unnoticed. */
  seal(row: Buffer): Buffer {
    return this.#current.sealer.seal(row);
  }

  /** Of the keys that are here: seals of others are for other gateways to judge. */
  get sealIds(): readonly Buffer[] {
    return [this.#current, ...this.#former].map(({ sealer }) => sealer.id);
  }

  checkSeal(row: Buffer, seal: Buffer): SealCheck {
    const checks = [this.#current, ...this.#former].map(({ sealer }) => sealer.check(row, seal));
    return checks.find((check) => check !== 'unknown') ?? 'unknown';
  }
}

/** Puts a new key before those of a file, atomically. @throws LedgerError */
export function addKey(file: string): void {
  const former = readPem(file);
  LedgerKey.parse(former, `\`${file}\``);
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, newPem() + former, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}

function signerOf({ privateKey, publicKey }: Pair, origin: string): NoteSigner {
  return noteSigner(origin, privateKey, publicKey);
}

function pairOf(pem: string, where: string): Pair {
  const privateKey = parse(pem, where);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { privateKey, publicKey, sealer: new OutboxSealer(privateKey) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LedgerError('ledger.key_missing', `cannot read the ledger key \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: `make one with \`openssl genpkey -algorithm ed25519 -out ${file}\`, or correct LEDGER_KEY_FILE`,
    });
  }
}

function parse(pem: string, where: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // told below: what the parser says may quote key material
  }
  throw malformed(where);
}

function malformed(where: string): LedgerError {
  return new LedgerError('ledger.key_malformed', `${where} does not hold an Ed25519 private key in PKCS#8 PEM`, {
    remedy: 'make one with `openssl genpkey -algorithm ed25519`',
  });
}

function newPem(): string {
  return String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, newPem(), { mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
