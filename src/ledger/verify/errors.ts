import { CodedError } from '../../core/index.ts';

export type VerifyErrorCode =
  | 'verify.file_unreadable'
  | 'verify.source_unreachable'
  | 'verify.source_malformed'
  | 'verify.state_malformed'
  | 'verify.key_malformed'
  | 'verify.checkpoint_malformed'
  | 'verify.origin_mismatch'
  | 'verify.signature_invalid'
  | 'verify.witnesses_missing'
  | 'verify.proof_malformed'
  | 'verify.proof_invalid'
  | 'verify.receipt_malformed'
  | 'verify.disclosure_malformed'
  | 'verify.disclosure_invalid';

/** What is not as it must be, apart from the entries themselves (those are listed as faults). */
export class VerifyError extends CodedError<VerifyErrorCode> {}
