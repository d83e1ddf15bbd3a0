import type { z } from 'zod';
import type { Json } from '../../../core/index.ts';
import { Malformed } from './malformed.ts';
import { assertPlain } from './plain-json.ts';

/** JSON in which each key of an object stands once. @throws Malformed */
export function parseJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Malformed(`it is not JSON (it begins ${beginningOf(text)})`, { cause });
  }
  assertPlain(text);
  return value;
}

/** A value held against a schema. @throws Malformed naming the first places that do not shaped, and what is wanted there */
export function shaped<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${message.charAt(0).toLowerCase()}${message.slice(1)} at \`${placeOf(path)}\``);
  throw new Malformed(issues.join('; '), { cause: parsed.error });
}

export function beginningOf(text: string): string {
  return `\`${text.slice(0, 24).replace(/\s+/g, ' ').trim()}\``;
}

function placeOf(path: readonly PropertyKey[]): string {
  return `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`;
}
