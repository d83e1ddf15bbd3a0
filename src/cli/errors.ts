import { CodedError } from '../core/index.ts';

export type CliErrorCode = 'cli.invalid_option' | 'cli.not_started';

/** A command was asked for something that it cannot make sense of. */
export class CliError extends CodedError<CliErrorCode> {}
