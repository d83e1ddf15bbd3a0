import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './cipher.ts';
import { VaultError } from './errors.ts';
import type { MasterKey, MasterKeys } from './master-keys.ts';

export type Owner = { readonly tenant: string; readonly subject: string };
/** A data key as its row holds it. */
export type WrappedKey = { readonly wrapped: string; readonly masterKeyId: string };

export function newKey(keys: MasterKeys, owner: Owner): { readonly bytes: Buffer; readonly row: WrappedKey } {
  const bytes = randomBytes(KEY_BYTES);
  return { bytes, row: wrap(keys.newest, bytes, owner) };
}

/** @throws VaultError `vault.master_key_unknown`, `vault.tampered` */
export function unwrap(keys: MasterKeys, { wrapped, masterKeyId }: WrappedKey, owner: Owner): Buffer {
  const bytes = decrypt(keys.byId(masterKeyId).bytes, Buffer.from(wrapped, 'base64url'), bindingOf(owner, masterKeyId));
  if (bytes?.length === KEY_BYTES) return bytes;
  throw new VaultError('vault.tampered', `the data key of \`${owner.subject}\` in \`${owner.tenant}\` is not what was stored`, {
    remedy: 'restore its row of `subject_key` from a backup, and look for who changed it',
  });
}

/** The same data key under the newest master key. */
export function rewrap(keys: MasterKeys, row: WrappedKey, owner: Owner): WrappedKey {
  return wrap(keys.newest, unwrap(keys, row, owner), owner);
}

function wrap(master: MasterKey, bytes: Buffer, owner: Owner): WrappedKey {
  return { wrapped: encrypt(master.bytes, bytes, bindingOf(owner, master.id)).toString('base64url'), masterKeyId: master.id };
}

function bindingOf({ tenant, subject }: Owner, masterKeyId: string): string[] {
  return ['countersign data key', tenant, subject, masterKeyId];
}
