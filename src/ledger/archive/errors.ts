import { LedgerError } from '../errors.ts';

/** A file of an archive is not what it must be. */
export function corrupt(file: string, why: string, cause?: unknown): LedgerError {
  return new LedgerError('ledger.archive_corrupt', `\`${file}\` of the archive: ${why}`, {
    cause,
    remedy: 'take another copy of the archive; this one was damaged or altered',
  });
}

/** What is asked for cannot be done with this log or archive. */
export function refused(message: string, remedy: string): LedgerError {
  return new LedgerError('ledger.archive_refused', message, { remedy });
}
