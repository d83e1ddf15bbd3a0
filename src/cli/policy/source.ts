import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { CliError } from '../errors.ts';

/** The absolute path of what `--source` names. */
export function sourceFolder(source: string): string {
  const folder = resolve(source);
  if (existsSync(folder)) return folder;
  throw new CliError('cli.invalid_option', `--source is \`${source}\`, which is not there`, { remedy: 'name the folder of the policies' });
}

/** A folder as a person would write it from here. */
export function shown(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path || '.';
}
