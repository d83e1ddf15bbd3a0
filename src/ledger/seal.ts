import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { canonicalBytes, sha256 } from '../core/index.ts';

/** `unknown`: sealed under a key that is not here, so nothing can be said of it. */
export type SealCheck = 'whole' | 'broken' | 'unknown';

const KEY_ID_BYTES = 4;

/** What a seal binds: the row can neither be altered, nor moved to another log, nor shown in another timeline. */
export function sealedRow(log: string, entryId: string, body: Uint8Array, subjects: readonly string[]): Buffer {
  return Buffer.concat([canonicalBytes([log, entryId, [...subjects]]), Buffer.from('\n'), sha256(body)]);
}

/**
 * Seals rows of the outbox with a key derived from the signing key (HKDF-SHA-256, RFC 5869), which the database does not have:
 * `key id (4 bytes) ‖ HMAC-SHA-256`. Between commit and sequencing nothing else protects an entry.
 */
export class OutboxSealer {
  readonly #key: KeyObject;
  /** First bytes of every seal of this key. */
  readonly id: Buffer;

  constructor(privateKey: KeyObject) {
    const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'countersign outbox seal v1', 32));
    this.#key = createSecretKey(key); // as bytes it would be made into one for every seal, which takes six times as long
    this.id = sha256(key).subarray(0, KEY_ID_BYTES);
  }

  seal(row: Buffer): Buffer {
    return Buffer.concat([this.id, this.#mac(row)]);
  }

  check(row: Buffer, seal: Buffer): SealCheck {
    if (!seal.subarray(0, KEY_ID_BYTES).equals(this.id)) return 'unknown';
    const mac = this.#mac(row);
    const found = seal.subarray(KEY_ID_BYTES);
    return found.length === mac.length && timingSafeEqual(found, mac) ? 'whole' : 'broken';
  }

  #mac(row: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(row).digest();
  }
}
