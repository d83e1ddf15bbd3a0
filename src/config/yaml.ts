import { readFileSync } from 'node:fs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../core/index.ts';
import { ConfigError } from './errors.ts';

/**
 * Reads one YAML file and checks it against its schema; unknown keys, duplicate keys and wrong types stop the start.
 *
 * @throws ConfigError `config.unreadable`, `config.malformed` (with line and column) or `config.invalid` (with file and path).
 */
export function readYaml<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  return validate(file, parse(file, read(file)), schema);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('config.unreadable', `cannot read \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'create the file, or point COUNTERSIGN_CONFIG at the folder that holds it',
    });
  }
}

function parse(file: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return resolved(file, document);
  const { line, col } = lines.linePos(error.pos[0]);
  throw new ConfigError('config.malformed', `\`${file}\` line ${line}, column ${col}: ${error.message}`, {
    cause: error,
    remedy: 'correct that line; the file must be YAML 1.2',
  });
}

/** Aliases are followed here: one without an anchor, or too many of them, is found only now. */
function resolved(file: string, document: Document): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    throw new ConfigError('config.malformed', `\`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'correct the aliases (`*name`); the file must be YAML 1.2',
    });
  }
}

function validate<S extends z.ZodType>(file: string, value: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `\`${issue.path.join('.') || '(top level)'}\`: ${issue.message}`);
  throw new ConfigError('config.invalid', `\`${file}\` is not valid: ${problems.join('; ')}`, {
    cause: parsed.error,
    remedy: 'correct the named keys; docs/configuration.md lists every key with its default',
  });
}
