import { createPrivateKey } from 'node:crypto';
import { type EntryId, type JsonObject, newId, type TenantId, tenantId } from '../../src/core/index.ts';
import { type Anchor, type Entry, Ledger, LedgerKey, type LedgerOptions } from '../../src/ledger/index.ts';
import type { Database } from '../../src/storage/index.ts';

export const acme: TenantId = tenantId('acme');
export const originPrefix = 'ledger.example';

/** Remembers nothing beside the database: what most tests are about is there. */
const forgetful: Anchor = { read: () => undefined, keep: () => undefined };

/** PKCS#8 PEM of the Ed25519 key whose seed is 32 times `fill`: the same in every run. */
export function keyPem(fill: number): string {
  const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]); // RFC 8410 §7
  return String(createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }));
}

export function fixedKey(fill: number): LedgerKey {
  return LedgerKey.parse(keyPem(fill), 'a test');
}

export const key: LedgerKey = fixedKey(7);

/** A ledger over a test database that waits long and sweeps only when told to (`start`). */
export function ledgerOver(database: Database, over: Partial<LedgerOptions> = {}): Ledger {
  return new Ledger({ database, key, originPrefix, anchor: forgetful, waitMilliseconds: 20_000, sweepMilliseconds: 20, ...over });
}

/** An entry that is the same for the same data, but for its id. */
export function entryWith(data: JsonObject, id: EntryId = newId('entry')): Entry {
  return {
    id,
    ts: '2026-03-02T10:00:00.000Z',
    type: 'incident.acknowledge',
    subject: 'incident:inc_1',
    actor: { id: 'usr_1', kind: 'human' },
    data,
  };
}

/** Commits one entry; does not wait for its place. */
export async function commit(database: Database, ledger: Ledger, entry: Entry, log: TenantId = acme): Promise<EntryId> {
  await database.transaction(log, (trx) => ledger.append(trx, log, entry));
  return entry.id;
}
