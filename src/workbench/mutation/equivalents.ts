import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';
import type { Mutant } from './mutants.ts';

const name = 'mutation/equivalent.yaml';

const entries = z.array(z.strictObject({ file: z.string(), mutation: z.string(), why: z.string().trim().min(20) }));

/** A mutant that no test can tell from the policy, and why: `file` and `mutation` are the mutant's. */
export type Equivalent = z.infer<typeof entries>[number];

/** The argued mutants of the policies in `folder`; none when there is no mutation/equivalent.yaml. @throws ToolError `mutation.malformed` */
export function readEquivalents(folder: string): Equivalent[] {
  const file = join(folder, name);
  if (!existsSync(file)) return [];
  try {
    return entries.parse(parse(readFileSync(file, 'utf8')) ?? []);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new ToolError('mutation.malformed', `\`${file}\` is not a list of {file, mutation, why}: ${why}`, {
      cause,
      remedy: 'copy file and mutation from what `countersign policy mutate` lists, and say why in at least twenty characters',
    });
  }
}

/**
 * Finds the mutant of each entry.
 *
 * @throws ToolError `mutation.stale` naming every entry that matches no mutant, or the same one as another
 */
export function matchEquivalents(equivalents: readonly Equivalent[], mutants: readonly Mutant[]): Map<Mutant, Equivalent> {
  const matched = new Map<Mutant, Equivalent>();
  const stale: string[] = [];
  for (const entry of equivalents) {
    const mutant = mutants.find(({ file, mutation }) => file === entry.file && mutation === entry.mutation);
    if (mutant === undefined || matched.has(mutant)) stale.push(`  ${entry.file}: ${entry.mutation}`);
    else matched.set(mutant, entry);
  }
  if (stale.length === 0) return matched;
  throw new ToolError('mutation.stale', [`\`${name}\` argues for what is no mutant, or twice for the same one:`, ...stale].join('\n'), {
    remedy: 'remove the entry, or copy the mutation again from what `countersign policy mutate` lists',
  });
}
