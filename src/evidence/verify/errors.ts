import { CodedError } from '../../core/index.ts';

export type EvidenceVerifyErrorCode =
  | 'evidence.verify.folder_unreadable'
  | 'evidence.verify.key_unreadable'
  | 'evidence.verify.key_malformed'
  | 'evidence.verify.root_malformed'
  | 'evidence.verify.policy_unreadable'
  | 'evidence.verify.policy_malformed';

/** Why verifying could not begin. What is wrong with a bundle is no error but a failed check in the report. */
export class EvidenceVerifyError extends CodedError<EvidenceVerifyErrorCode> {}
