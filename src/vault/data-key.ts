import { createHmac, hkdfSync } from 'node:crypto';
import { type Binding, decrypt, encrypt, KEY_BYTES } from './cipher.ts';
import { VaultError } from './errors.ts';

/** Where a sealed text stands: it does not open in another column or row. */
export type Place = { readonly column: string; readonly row: string };

/**
 * The key of one person in one tenant. Three keys are drawn from it (HKDF-SHA-256, RFC 5869), so that what salts and what names it says
 * nothing about what seals.
 */
export class DataKey {
  readonly tenant: string;
  readonly subject: string;
  /** In every sealed text: tells a text of an erased key from one that was tampered with. */
  readonly id: string;
  readonly #sealing: Buffer;
  readonly #salting: Buffer;

  constructor(bytes: Uint8Array, owner: { readonly tenant: string; readonly subject: string }) {
    this.tenant = owner.tenant;
    this.subject = owner.subject;
    this.#sealing = derive(bytes, 'seal', KEY_BYTES);
    this.#salting = derive(bytes, 'salt', KEY_BYTES);
    this.id = derive(bytes, 'id', 8).toString('hex');
  }

  seal(text: string, place: Place): string {
    return `sealed1.${this.id}.${encrypt(this.#sealing, Buffer.from(text, 'utf8'), this.#binding(place)).toString('base64url')}`;
  }

  /** The text; undefined when another key sealed it: an earlier one of this person, which was erased. @throws VaultError `vault.tampered` */
  open(sealed: Sealed, place: Place): string | undefined {
    if (sealed.keyId !== this.id) return undefined;
    const plain = decrypt(this.#sealing, sealed.bytes, this.#binding(place));
    if (plain !== undefined) return plain.toString('utf8');
    throw new VaultError('vault.tampered', `what \`${place.column}\` holds for \`${place.row}\` is not what was sealed there`, {
      remedy: 'restore the row from a backup, and look for who changed it',
    });
  }

  /**
   * 256 bits that nobody can guess without the key, the same for a retry of the same entry, and gone with the key: base64url of
   * HMAC-SHA-256(key, entry id ‖ 0x00 ‖ path).
   */
  salt(entryId: string, path: string): string {
    return createHmac('sha256', this.#salting).update(`${entryId}\0${path}`).digest('base64url');
  }

  /** A digest that only holders of the key can compare with a guess. */
  digest(bytes: Uint8Array): string {
    return `hmac-sha256:${createHmac('sha256', this.#salting).update('digest\0').update(bytes).digest('hex')}`;
  }

  #binding({ column, row }: Place): Binding {
    return ['countersign sealed text', this.tenant, this.subject, this.id, column, row];
  }
}

export type Sealed = { readonly keyId: string; readonly bytes: Buffer };

const form = /^sealed1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{38,})$/;

/** Undefined for a plain text: a row from before there was a vault. */
export function parseSealed(text: string): Sealed | undefined {
  const [, keyId, encoded] = form.exec(text) ?? [];
  return keyId === undefined || encoded === undefined ? undefined : { keyId, bytes: Buffer.from(encoded, 'base64url') };
}

function derive(bytes: Uint8Array, use: 'seal' | 'salt' | 'id', length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, '', `countersign data key ${use}`, length));
}
