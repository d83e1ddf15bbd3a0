import { z } from 'zod';
import { shaped } from './json.ts';
import { Malformed } from './malformed.ts';
import { count } from './quantities.ts';

const part = z.looseObject({ covered: count, total: count });
const summary = z.looseObject({ lines: part, branches: part, functions: part });

/** `coverage-summary.json` of istanbul: a summary a file, and `total` of all. @throws Malformed */
export function readIstanbul(json: unknown) {
  const { total, ...files } = shaped(json, z.record(z.string(), summary));
  if (total === undefined) throw new Malformed('it has no `total`');
  const all = Object.entries(files).map(([file, { lines }]) => ({ file, lines: bare(lines) }));
  return { lines: bare(total.lines), branches: bare(total.branches), functions: bare(total.functions), files: all };
}

function bare({ covered, total }: z.infer<typeof part>) {
  return { covered, total };
}
