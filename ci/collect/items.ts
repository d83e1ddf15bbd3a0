import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One line of what `ig-evidence build --items` reads; files are named from where the list is. */
const item = z.strictObject({ kind: z.string(), file: z.string(), name: z.string().exactOptional(), madeAt: z.string().exactOptional() });
export type Item = z.infer<typeof item>;

/** The list that all collectors of a folder write to. */
export function itemsFile(folder: string): string {
  return join(folder, 'items.json');
}

/** Adds collected files to the list of their folder; a file that is in it already is listed anew. */
export function noteItems(folder: string, items: readonly Item[]): void {
  mkdirSync(folder, { recursive: true });
  const file = itemsFile(folder);
  const before = existsSync(file) ? z.array(item).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
  const kept = before.filter((one) => !items.some((other) => other.file === one.file));
  const all = [...kept, ...items].toSorted((a, b) => (a.file < b.file ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}
