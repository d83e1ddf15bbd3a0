import { CodedError } from '../core/index.ts';

export type ConfigErrorCode = 'config.unreadable' | 'config.malformed' | 'config.invalid' | 'config.secret_missing';

/** Something in `config/` or the environment that stops a start. The message names file, path and what is wrong. */
export class ConfigError extends CodedError<ConfigErrorCode> {}
