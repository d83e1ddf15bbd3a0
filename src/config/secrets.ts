import { readFileSync } from 'node:fs';
import { messageOf } from '../core/index.ts';
import type { Env } from './env.ts';
import { ConfigError } from './errors.ts';
import type { SecretRef } from './schema.ts';

/**
 * The value behind a reference, without the line end that editors add.
 *
 * @throws ConfigError `config.secret_missing`, naming the variable or file; never the value.
 */
export function resolveSecret(ref: SecretRef, env: Env): string {
  return 'env' in ref ? fromEnvironment(ref.env, env) : fromFile(ref.file);
}

function fromEnvironment(name: string, env: Env): string {
  const value = env.secret(name);
  if (value !== undefined) return value;
  throw new ConfigError('config.secret_missing', `the environment variable \`${name}\` is not set`, {
    remedy: `set ${name}, or name a file instead`,
  });
}

function fromFile(file: string): string {
  let value: string;
  try {
    value = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError('config.secret_missing', `cannot read the secret file \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'create it, readable by the user that runs the gateway only',
    });
  }
  if (value !== '') return value;
  throw new ConfigError('config.secret_missing', `the secret file \`${file}\` is empty`, { remedy: 'write the secret into it' });
}
