import { CodedError } from '../core/index.ts';

export type LedgerErrorCode =
  | 'ledger.entry_too_large'
  | 'ledger.key_missing'
  | 'ledger.key_malformed'
  | 'ledger.out_of_range'
  | 'ledger.inconsistent'
  | 'ledger.witness_key_malformed'
  | 'ledger.witness_unavailable'
  | 'ledger.witness_refused'
  | 'ledger.witness_ahead'
  | 'ledger.cosignature_invalid'
  | 'ledger.publish_refused'
  | 'ledger.publish_failed';

export class LedgerError extends CodedError<LedgerErrorCode> {}
