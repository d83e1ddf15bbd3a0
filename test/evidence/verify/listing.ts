import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything below a folder, with what changes when somebody touches it. */
export function listing(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return ['.', ...names].map((name) => {
    const { ino, mtimeMs, size, mode } = lstatSync(join(folder, name));
    return [name, ino, mtimeMs, size, mode].join(' ');
  });
}
