import { relative } from 'node:path';

/** A folder as a person would write it from here. */
export function shown(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path || '.';
}
