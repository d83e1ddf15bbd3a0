import { CodedError } from '../core/index.ts';

export type LedgerErrorCode =
  | 'ledger.entry_too_large'
  | 'ledger.key_missing'
  | 'ledger.key_malformed'
  | 'ledger.out_of_range'
  | 'ledger.inconsistent'
  | 'ledger.cursor_malformed'
  | 'ledger.cursor_foreign'
  | 'ledger.entries_archived'
  | 'ledger.archive_refused'
  | 'ledger.archive_corrupt';

export class LedgerError extends CodedError<LedgerErrorCode> {}
