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
  | 'ledger.publish_failed'
  /** An entry id was used before, for another content. */
  | 'ledger.conflict'
  /** Too much waits for its place: refused, so that nothing has to be dropped. */
  | 'ledger.backlog_full'
  /** A log is signed by a key that is not here. */
  | 'ledger.key_retired'
  /** What is to be signed is not yet where it would survive this machine. */
  | 'ledger.not_durable'
  /** A committed entry was not as it was written: it is in quarantine. */
  | 'ledger.entry_refused'
  /** Logs that shared a transaction failed together, and go alone. */
  | 'ledger.group_failed'
  | 'ledger.cursor_malformed'
  | 'ledger.cursor_foreign'
  | 'ledger.entries_archived'
  | 'ledger.archive_refused'
  | 'ledger.archive_corrupt';

export class LedgerError extends CodedError<LedgerErrorCode> {}
