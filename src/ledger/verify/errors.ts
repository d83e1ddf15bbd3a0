import { CodedError } from '../../core/index.ts';

export type VerifyErrorCode =
  | 'verify.file_unreadable'
  | 'verify.key_malformed'
  | 'verify.checkpoint_malformed'
  | 'verify.origin_mismatch'
  | 'verify.signature_invalid'
  | 'verify.proof_malformed'
  | 'verify.proof_invalid';

/** What is not as it must be, apart from the entries themselves (those are listed as faults). */
export class VerifyError extends CodedError<VerifyErrorCode> {}
