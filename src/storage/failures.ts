import { messageOf } from '../core/index.ts';
import { StorageError } from './errors.ts';

/** Serialization failure and deadlock: the transaction lost a race and may simply be run again. */
const lostRace = new Set(['40001', '40P01']);
/** Disk full, out of memory, too many connections, configuration limit. */
const full = new Set(['53100', '53200', '53300', '53400']);
/** Statement took too long, shutting down, crash shutdown, cannot connect now, lost connection. */
const away = new Set(['57014', '57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006', '25006']);
const awaySystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** True when running the transaction again may succeed, and nothing of it was kept. */
export function isLostRace(error: unknown): boolean {
  return lostRace.has(codeOf(error) ?? '');
}

/** Names what PostgreSQL or the connection reported, where it is a condition and not a fault of ours; other errors pass unchanged. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof StorageError) return error;
  const code = codeOf(error) ?? '';
  if (full.has(code)) {
    return new StorageError('storage.full', 'the database refused for lack of room', {
      cause: error,
      remedy: 'free disk space or raise the limit, then repeat the call with the same idempotency key',
    });
  }
  if (away.has(code) || awaySystemCodes.has(code) || isLostConnection(error)) {
    return new StorageError('storage.unavailable', 'the database cannot be reached', {
      cause: error,
      remedy: 'repeat the call with the same idempotency key; if it lasts, see GET /ready and the log',
    });
  }
  return error;
}

/** pg reports a connection that ended under a query, or did not come in time, by message only. */
function isLostConnection(error: unknown): boolean {
  return /Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable/.test(
    messageOf(error),
  );
}

export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
