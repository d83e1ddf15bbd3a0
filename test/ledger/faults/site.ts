import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { CodedError, type EntryId, type JsonObject, messageOf, type TenantId } from '../../../src/core/index.ts';
import { type Entry, exportLog, fileAnchor, type Ledger, type LedgerOptions, type Receipt, tlogProof } from '../../../src/ledger/index.ts';
import { openDatabase, openSource, type VerifyOptions, verifyLog } from '../../../src/ledger/verify/index.ts';
import type { Database } from '../../../src/storage/index.ts';
import { makeFolder, removeFolders } from '../../support/folders.ts';
import { acme, entryWith, ledgerOver } from '../../support/ledger.ts';
import { copyTestDatabase, openTestDatabase, type TestDatabase } from '../../support/postgres.ts';

export const soon = { timeout: 15_000, interval: 10 };

/** A database and the ledger that writes it, with the checkpoints that a gateway keeps beside it. */
export type Site = TestDatabase & {
  readonly ledger: Ledger;
  /** The gateway's own memory: `<folder>/<log>.checkpoint`. */
  readonly checkpoints: string;
  /** What the ledger could not do, as `<log> <code>: <message>`. */
  readonly errors: string[];
};

export function temporary(): string {
  const folder = makeFolder('faults');
  onTestFinished(() => removeFolders([folder]));
  return folder;
}

/** A ledger over a database that is there. It ends with the test. */
export function siteOver(db: TestDatabase, over: Partial<LedgerOptions> & { readonly checkpoints?: string } = {}): Site {
  const { checkpoints = temporary(), ...options } = over;
  const errors: string[] = [];
  const onError = (log: string, error: unknown): void => void errors.push(`${log} ${lineOf(error)}`);
  const ledger = ledgerOver(db.database, { signMilliseconds: 5, anchor: fileAnchor(checkpoints), onError, ...options });
  onTestFinished(() => ledger.stop());
  return { ...db, ledger, checkpoints, errors };
}

export async function openSite(over: Partial<LedgerOptions> = {}): Promise<Site> {
  return siteOver(ending(await openTestDatabase({ poolSize: 12 })), over);
}

/** A copy of a site's database under a ledger of its own, whose gateway remembers nothing unless told what. */
export async function copyOf(of: Pick<TestDatabase, 'ownerUrl'>, over: Parameters<typeof siteOver>[1] = {}): Promise<Site> {
  return siteOver(ending(await copyTestDatabase(of)), over);
}

function ending(db: TestDatabase): TestDatabase {
  onTestFinished(() => db.close());
  return db;
}

export function lineOf(error: unknown): string {
  return `${error instanceof CodedError ? error.code : 'no code'}: ${messageOf(error)}`;
}

/** What refused a promise, as `<code>: <message>`. */
export async function refusalLine(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'it was not refused', lineOf);
}

/** An entry of this moment: among those that the ledger writes itself no clock goes back. */
export function entryNow(data: JsonObject): Entry {
  return { ...entryWith(data), ts: new Date().toISOString() };
}

/** Commits entries `{n}` in one transaction; answers with the receipts. */
export async function append(
  to: { readonly database: Database; readonly ledger: Ledger },
  ns: readonly number[],
  log: TenantId = acme,
): Promise<Receipt[]> {
  const entries = ns.map((n) => entryNow({ n }));
  await to.database.transaction(log, async (trx) => {
    for (const entry of entries) await to.ledger.append(trx, log, entry);
  });
  return Promise.all(entries.map(({ id }) => to.ledger.acknowledge(log, id)));
}

/** Whole numbers from `from` on, `to` not among them. */
export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** Appends until the log has so many entries and waits until all are signed. */
export async function growTo(to: Pick<Site, 'database' | 'ledger'>, size: number): Promise<string> {
  const [last] = (await append(to, numbers(await sizeOf(to), size))).slice(-1);
  expect(last).toMatchObject({ status: 'SEQUENCED', seq: size - 1 });
  return signedAt(to, size);
}

/** The newest checkpoint, once it is the one for so many entries. */
export async function signedAt(site: Pick<Site, 'ledger'>, size: number): Promise<string> {
  return vi.waitFor(async () => {
    const checkpoint = await site.ledger.checkpoint(acme);
    expect(checkpoint?.size).toBe(size);
    return checkpoint?.note ?? '';
  }, soon);
}

/** Grows a database's log to each of these sizes, and signs it there, with a ledger that is gone afterwards. */
export async function grown({ database }: Pick<TestDatabase, 'database'>, sizes: readonly number[]): Promise<string[]> {
  const ledger = ledgerOver(database, { signMilliseconds: 5 });
  const notes: string[] = [];
  for (const size of sizes) notes.push(await growTo({ database, ledger }, size));
  await ledger.stop();
  return notes;
}

export async function sizeOf({ database }: Pick<Site, 'database'>): Promise<number> {
  const head = await database.transaction(acme, (trx) => trx.selectFrom('ledger_head').select('size').executeTakeFirst());
  return Number(head?.size ?? 0n);
}

/** What a verifier says of a log: each fault, and each note, as `<log> <seq> <kind>: <message>`; or why it cannot tell. */
export async function saidOf(place: string | { readonly ownerUrl: string }, options: VerifyOptions): Promise<string[]> {
  const source = await (typeof place === 'string' ? openSource(place) : openDatabase(place.ownerUrl, acme));
  try {
    const { log, faults, notes } = await verifyLog(source, options);
    const line = (found: { seq: number | null; kind: string; message: string }) => `${log} ${found.seq} ${found.kind}: ${found.message}`;
    return [...faults.map(line), ...notes.map((note) => `note ${line(note)}`)];
  } catch (error) {
    return [lineOf(error)];
  } finally {
    await source.close();
  }
}

export type Said = { readonly text: string[]; readonly tiles: string[]; readonly database: string[] };

/** What is said of a site's log in each of its forms: exported as text and as tiles, and in its tables. */
export async function verdictOn(site: Site, options: VerifyOptions = {}): Promise<Said> {
  const key = options.key ?? site.ledger.verifierKey(acme);
  const exported = async (format: 'text' | 'tiles'): Promise<string[]> => {
    const folder = join(temporary(), format);
    try {
      await exportLog(site.database, site.ledger, acme, folder, { format });
    } catch (error) {
      return [`export: ${lineOf(error)}`];
    }
    return saidOf(folder, { ...options, key });
  };
  return { text: await exported('text'), tiles: await exported('tiles'), database: await saidOf(site, { ...options, key }) };
}

/** The receipt of an entry as its user keeps it, against the newest checkpoint. */
export async function receiptOf(site: Pick<Site, 'database' | 'ledger'>, entryId: EntryId): Promise<string> {
  const proof = await site.database.transaction(acme, (trx) => site.ledger.prove(trx, acme, entryId));
  if (proof === undefined) throw new Error('no checkpoint covers it');
  return tlogProof(proof);
}

/** The same of each form. */
export const everywhere = (...lines: string[]): Said => ({ text: lines, tiles: lines, database: lines });
export const nothingWrong: Said = everywhere();
