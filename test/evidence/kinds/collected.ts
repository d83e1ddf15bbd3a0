import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../../src/core/index.ts';
import { type Collected, type Kind, kinds } from '../../../src/evidence/kinds/index.ts';

/** The source's time in every test. */
export const at = new Date('2026-01-01T00:00:00.000Z');

export function kindOf(name: string): Kind {
  const found = kinds.find((kind) => kind.name === name);
  if (found === undefined) throw new Error(`there is no kind \`${name}\``);
  return found;
}

export function fixture(file: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../fixtures/evidence', file));
}

/** What a kind makes of some bytes, of text, or of a value as JSON. */
export function collect(kind: string, content: unknown, path = 'given'): Collected {
  const bytes =
    content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return kindOf(kind).collect({ path, bytes, at });
}

/** Code and message of a refusal. Fails when nothing was refused on purpose. */
export function refusal(kind: string, content: unknown, path = 'given'): readonly [code: string, message: string] {
  try {
    collect(kind, content, path);
  } catch (error) {
    if (error instanceof CodedError) return [error.code, error.message];
    throw error;
  }
  throw new Error('it was not refused');
}
