import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, sha256 } from '../core/index.ts';
import { KEY_BYTES } from './cipher.ts';
import { VaultError } from './errors.ts';

/** A key that wraps data keys. Its id is told in rows and reports; 64 bits of a hash tell nothing of 256 random ones. */
export type MasterKey = { readonly id: string; readonly bytes: Buffer };

/**
 * The master keys of an installation: the newest wraps, the others still unwrap until `countersign vault rotate` has nothing left under
 * them. The file has a key a line, 32 bytes in base64, the newest first; lines that begin with `#` and blank ones say nothing.
 */
export class MasterKeys {
  readonly newest: MasterKey;
  readonly #byId: ReadonlyMap<string, MasterKey>;

  private constructor(newest: MasterKey, all: readonly MasterKey[]) {
    this.newest = newest;
    this.#byId = new Map(all.map((key) => [key.id, key]));
  }

  /** @throws VaultError `vault.key_missing`, `vault.key_malformed` */
  static read(file: string): MasterKeys {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      throw new VaultError('vault.key_missing', `cannot read the vault key \`${file}\`: ${messageOf(cause)}`, {
        cause,
        remedy: `make one with \`openssl rand -base64 32 > ${file}\`, or correct VAULT_KEY_FILE`,
      });
    }
    return parse(file, text);
  }

  /** Reads the keys, making one first where there is no file. Of several starters at once, the first to write wins. */
  static readOrCreate(file: string): MasterKeys {
    if (!existsSync(file)) create(file);
    return MasterKeys.read(file);
  }

  static of(newest: Buffer, ...older: readonly Buffer[]): MasterKeys {
    const [first, ...rest] = [masterKey(newest), ...older.map(masterKey)];
    return new MasterKeys(first, [first, ...rest]);
  }

  /** @throws VaultError `vault.master_key_unknown` */
  byId(id: string): MasterKey {
    const key = this.#byId.get(id);
    if (key !== undefined) return key;
    throw new VaultError(
      'vault.master_key_unknown',
      `a data key is wrapped by the master key \`${id}\`, which the key file does not hold`,
      {
        remedy: 'put the older key back, below the newest, and run `countersign vault rotate` before you take it away',
      },
    );
  }
}

function masterKey(bytes: Buffer): MasterKey {
  return { id: sha256(Buffer.from('countersign vault master key\n'), bytes).toString('hex', 0, 8), bytes };
}

function parse(file: string, text: string): MasterKeys {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const keys = lines.map((line) => Buffer.from(line.trim(), 'base64'));
  const [newest, ...older] = keys;
  // Strict both ways: what Buffer would skip over or pad is not the key that somebody meant.
  const wellFormed = keys.every((key, index) => key.length === KEY_BYTES && key.toString('base64') === lines[index]?.trim());
  const distinct = new Set(keys.map((key) => key.toString('hex'))).size === keys.length;
  if (newest !== undefined && wellFormed && distinct) return MasterKeys.of(newest, ...older);
  throw new VaultError('vault.key_malformed', `\`${file}\` does not hold different keys of 32 bytes in base64, one a line`, {
    remedy: 'make one with `openssl rand -base64 32`; the newest stands first',
  });
}

function create(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}
