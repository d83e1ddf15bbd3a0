import { CodedError } from '../core/index.ts';

export type LedgerErrorCode =
  | 'ledger.entry_too_large'
  | 'ledger.key_missing'
  | 'ledger.key_malformed'
  | 'ledger.out_of_range'
  | 'ledger.inconsistent';

export class LedgerError extends CodedError<LedgerErrorCode> {}
