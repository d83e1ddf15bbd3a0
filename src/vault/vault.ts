import type { Trx } from '../storage/index.ts';
import type { Disclosure } from './commitment.ts';
import { DataKey, type Place, parseSealed } from './data-key.ts';
import { VaultError } from './errors.ts';
import type { MasterKeys } from './master-keys.ts';
import { deleteDisclosures, deleteKey, holdKey, insertDisclosures, insertKey, readDisclosures, readKeys } from './store.ts';
import { newKey, type Owner, unwrap } from './wrapping.ts';

/** A text as a row holds it, with whose it is and where it stands. */
export type StoredText = Place & { readonly subject: string; readonly text: string };

/** What an erasure destroyed. */
export type Erased = { readonly keys: number; readonly disclosures: number };

/** Opened disclosures of some entries, by entry id. */
export type DisclosuresByEntry = ReadonlyMap<string, readonly Disclosure[]>;

/**
 * Keys of what people write. Nothing is remembered between transactions: a key is read in each transaction that uses it, so that one
 * that was erased is gone for every gateway at once; to unwrap it takes microseconds.
 */
export class Vault {
  readonly #keys: MasterKeys;

  constructor(keys: MasterKeys) {
    this.#keys = keys;
  }

  /**
   * The key of a subject, made when there is none, held until the transaction ends. After an erasure it is a new one: what the person
   * writes from then on is theirs again, and can be erased again.
   *
   * @throws VaultError `vault.master_key_unknown`, `vault.tampered`
   */
  async keyOf(trx: Trx, owner: Owner, at: Date): Promise<DataKey> {
    for (;;) {
      const row = await holdKey(trx, owner);
      if (row !== undefined) return new DataKey(unwrap(this.#keys, row, owner), owner);
      const made = newKey(this.#keys, owner);
      if (await insertKey(trx, owner, made.row, at)) return new DataKey(made.bytes, owner);
    }
  }

  /**
   * Opens texts in the order given: null where the key was erased. What is plain, from before there was a vault, stays as it is.
   *
   * @throws VaultError `vault.master_key_unknown`, `vault.tampered`
   */
  async open(trx: Trx, tenant: string, texts: readonly StoredText[]): Promise<(string | null)[]> {
    const sealed = texts.map(({ text }) => parseSealed(text));
    const subjects = texts.filter((_, index) => sealed[index] !== undefined).map(({ subject }) => subject);
    const keys = await this.#readKeys(trx, tenant, subjects);
    return texts.map((stored, index) => {
      const parsed = sealed[index];
      return parsed === undefined ? stored.text : (keys.get(stored.subject)?.open(parsed, stored) ?? null);
    });
  }

  /** Keeps what opens the commitments of an entry, in the transaction that appends it. */
  async keep(trx: Trx, key: DataKey, entryId: string, disclosures: readonly Disclosure[]): Promise<void> {
    if (disclosures.length === 0) return;
    const { tenant, subject } = key;
    const rows = disclosures.map(({ path, value }) => ({ entryId, path, subject, sealed: key.seal(value, placeOf(entryId, path)) }));
    await insertDisclosures(trx, tenant, rows);
  }

  /**
   * What can still be disclosed of some entries.
   *
   * @throws VaultError `vault.master_key_unknown`, `vault.tampered`
   */
  async disclosuresOf(trx: Trx, tenant: string, entryIds: readonly string[]): Promise<DisclosuresByEntry> {
    const found = new Map<string, Disclosure[]>();
    if (entryIds.length === 0) return found;
    const rows = await readDisclosures(trx, tenant, entryIds);
    const keys = await this.#readKeys(
      trx,
      tenant,
      rows.map(({ subject }) => subject),
    );
    for (const { entryId, path, subject, sealed } of rows) {
      const key = keys.get(subject);
      const value = key?.open(sealedOf(sealed, entryId, path), placeOf(entryId, path));
      if (key === undefined || value === undefined) continue;
      const disclosure = { path, salt: key.salt(entryId, path), value };
      found.set(entryId, [...(found.get(entryId) ?? []), disclosure]);
    }
    return found;
  }

  /**
   * Destroys a subject's key and what it sealed of the ledger, after the transactions that seal with it have ended. Texts in rows stay
   * where they are and open for nobody.
   */
  async erase(trx: Trx, owner: Owner): Promise<Erased> {
    const keys = await deleteKey(trx, owner); // first: who seals holds it, and what they wrote is committed by the next statement
    return { keys, disclosures: await deleteDisclosures(trx, owner) };
  }

  async #readKeys(trx: Trx, tenant: string, subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    if (subjects.length === 0) return new Map();
    const rows = await readKeys(trx, tenant, [...new Set(subjects)]);
    return new Map(rows.map((row) => [row.subject, new DataKey(unwrap(this.#keys, row, row), row)]));
  }
}

function placeOf(entryId: string, path: string): Place {
  return { column: 'ledger_disclosure.sealed', row: `${entryId} ${path}` };
}

function sealedOf(text: string, entryId: string, path: string): NonNullable<ReturnType<typeof parseSealed>> {
  const sealed = parseSealed(text);
  if (sealed !== undefined) return sealed;
  throw new VaultError('vault.tampered', `what \`ledger_disclosure\` holds for \`${path}\` of \`${entryId}\` is not sealed`, {
    remedy: 'restore the row from a backup, and look for who changed it',
  });
}

/** The data subject that an actor is. */
export function subjectOf(actorId: string): string {
  return `person:${actorId}`;
}
