import { CodedError } from '../core/index.ts';

export type PolicyErrorCode =
  | 'policy.bundle_unreadable'
  | 'policy.bundle_malformed'
  | 'policy.digest_mismatch'
  | 'policy.builtin_missing'
  | 'policy.trust_malformed';

/** The compiled policy cannot be used. What goes wrong inside a decision is no error but a denial (`engine.fault`). */
export class PolicyError extends CodedError<PolicyErrorCode> {}
