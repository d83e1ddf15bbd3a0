import { CodedError } from '../core/index.ts';

export type WitnessErrorCode =
  | 'witness.key_missing'
  | 'witness.key_malformed'
  | 'witness.key_exists'
  | 'witness.log_key_malformed'
  | 'witness.state_malformed'
  | 'witness.cannot_listen';

/** Why a witness cannot start, or does not trust its own memory. What it answers to a log is a status, not an error. */
export class WitnessError extends CodedError<WitnessErrorCode> {}
