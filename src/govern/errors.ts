import { CodedError } from '../core/index.ts';

export type GovernErrorCode =
  | 'govern.unknown_action'
  | 'govern.invalid_arguments'
  | 'govern.idempotency_conflict'
  | 'govern.overloaded'
  | 'govern.stopping';

/** Why an action did not come to a decision. A denial is not among them: that is an answer. */
export class GovernError extends CodedError<GovernErrorCode> {}
