import pg from 'pg';
import { sha256 } from '../core/index.ts';

/**
 * Names every statement that has parameters, so that the server parses and plans it once a connection and not once a call:
 * with row-level security, planning costs as much as running. The texts are the few that our stores make, and their names are
 * digests, so a name never stands for two texts.
 */
export class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: the base class has nine overloads; only the one that kysely calls is changed
  override query(...args: any[]): any {
    const [text, values] = args;
    const named = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    return named ? super.query({ name: nameOf(text), text, values }) : Reflect.apply(super.query, this, args);
  }
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? sha256(Buffer.from(text, 'utf8')).toString('base64url').slice(0, 22);
  names.set(text, name);
  return name;
}
