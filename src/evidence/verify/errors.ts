import { CodedError } from '../../core/index.ts';

export type EvidenceVerifyErrorCode =
  | 'evidence.verify.bundle_unreadable'
  | 'evidence.verify.previous_unreadable'
  | 'evidence.verify.contract_unreadable'
  | 'evidence.verify.no_signer'
  | 'evidence.verify.key_unreadable'
  | 'evidence.verify.key_malformed'
  | 'evidence.verify.root_malformed'
  | 'evidence.verify.policy_unreadable'
  | 'evidence.verify.policy_malformed'
  | 'evidence.interrupted'
  | 'evidence.unpack.out_exists'
  | 'evidence.unpack.refused'
  | 'evidence.unpack.write_failed';

/** Why verifying could not begin, or nothing was unpacked. What is wrong with a bundle is a failed check in the report and no error. */
export class EvidenceVerifyError extends CodedError<EvidenceVerifyErrorCode> {}

export function interrupted(): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.interrupted', 'interrupted', { remedy: 'run it again; nothing was left behind' });
}
