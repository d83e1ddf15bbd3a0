import { CodedError } from '../core/index.ts';

export type CliErrorCode =
  | 'cli.invalid_option'
  | 'cli.interrupted'
  | 'cli.not_started'
  | 'cli.no_token'
  | 'cli.refused'
  | 'cli.unreachable';

/** A command was asked for something that it cannot make sense of. */
export class CliError extends CodedError<CliErrorCode> {}
