import { digestOfJson, type JsonObject, messageOf } from '../core/index.ts';
import type { Command } from './command.ts';
import { GovernError } from './errors.ts';

/** Parses what a caller sent, once. @throws GovernError `govern.invalid_arguments`, naming each field. */
export function parseArguments<A, S, R extends JsonObject, P>(command: Command<A, S, R, P>, args: unknown): A {
  assertRecordable(args);
  const parsed = command.args.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `\`${issue.path.join('.') || 'input'}\`: ${issue.message}`);
  throw new GovernError('govern.invalid_arguments', problems.join('; '), {
    cause: parsed.error,
    remedy: 'correct the named fields and repeat the call',
  });
}

/** What has no canonical form (a lone surrogate, a number beyond 2^53) or that PostgreSQL keeps in no text (U+0000) is refused before anything else. */
function assertRecordable(args: unknown): void {
  try {
    digestOfJson(JSON.parse(JSON.stringify(args, recordable)));
  } catch (cause) {
    const why = cause instanceof RangeError ? 'the input is nested too deeply' : messageOf(cause);
    throw new GovernError('govern.invalid_arguments', why, { cause, remedy: 'send well-formed text and numbers within 2^53' });
  }
}

function recordable(field: string, value: unknown): unknown {
  if (field.includes('\0')) throw new TypeError('the name of a field holds the character U+0000');
  if (typeof value === 'string' && value.includes('\0')) throw new TypeError(`the text in \`${field}\` holds the character U+0000`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`the number in \`${field}\` is too large`);
  return value;
}
