import type { TenantId } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';
import { digestOfFilter, type EntryFilter, type EntryOrder } from './filter.ts';

/**
 * Where a page ended: base64url of `["entries", log, size, digest of the filter and order, seq]`. With the size that the first page was
 * answered against, so that paging while the log grows neither repeats nor skips, and the total stays.
 */
export type Place = { readonly size: number; readonly seq: number };

/** What a cursor is made for and must come back with. */
export type Asked = { readonly log: TenantId; readonly filter: EntryFilter; readonly order: EntryOrder };

export function writeCursor({ log, filter, order }: Asked, { size, seq }: Place): string {
  return Buffer.from(JSON.stringify(['entries', log, size, digestOfFilter(log, filter, order), seq])).toString('base64url');
}

/**
 * @param size How long the log is now.
 * @throws LedgerError `ledger.cursor_malformed`; `ledger.cursor_foreign`, of another log or of another filter or order
 */
export function readCursor(text: string, { log, filter, order }: Asked, size: number): Place {
  const cursor = parse(text);
  if (cursor.log !== log) throw foreign('of another log');
  if (cursor.digest !== digestOfFilter(log, filter, order)) throw foreign('of another filter or order');
  if (cursor.size > size) throw foreign('of a longer log than this one is now');
  return cursor;
}

type Parts = Place & { readonly log: unknown; readonly digest: unknown };

/** Reads only what reads the same when written again: one place has one cursor. */
function parse(text: string): Parts {
  const bytes = Buffer.from(text, 'base64url');
  const parts = bytes.toString('base64url') === text ? json(bytes.toString('utf8')) : undefined;
  if (!Array.isArray(parts) || parts.length !== 5) throw malformed();
  const [kind, log, size, digest, seq]: unknown[] = parts;
  if (kind !== 'entries' || !isCount(size) || !isCount(seq) || seq >= size) throw malformed();
  if (JSON.stringify(parts) !== bytes.toString('utf8')) throw malformed();
  return { log, size, digest, seq };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function malformed(): LedgerError {
  return new LedgerError('ledger.cursor_malformed', 'this is not a cursor of a page of entries', {
    remedy: 'send the `endCursor` or `startCursor` of a page as it was',
  });
}

function foreign(why: string): LedgerError {
  return new LedgerError('ledger.cursor_foreign', `the cursor is ${why}`, {
    remedy: 'repeat the filter and order of the page that it came from, or begin anew without a cursor',
  });
}
