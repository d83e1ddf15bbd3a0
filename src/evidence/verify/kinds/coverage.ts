import { z } from 'zod';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';
import { percentOf } from './numbers.ts';

const count = z.int().min(0);
const counted = z
  .strictObject({ covered: count, total: count })
  .refine(({ covered, total }) => covered <= total, 'covers more than there is');
const coverage = z.strictObject({
  lines: counted,
  branches: counted.nullable(),
  functions: counted.nullable(),
  files: z.array(z.strictObject({ file: z.string(), lines: counted })),
});

export const readCoverage: DocumentReader = (document) => {
  const { lines, branches, functions, files } = parseAs(coverage, document);
  ensure(lines.total > 0, 'it names no line');
  ensure(
    files.every(({ file }, index) => index === 0 || (files[index - 1]?.file ?? '') <= file),
    'its files are not in order',
  );
  const sum = (of: 'covered' | 'total') => files.reduce((all, { lines: part }) => all + part[of], 0);
  ensure(sum('covered') === lines.covered && sum('total') === lines.total, 'its lines are not those of its files');
  const percent = (name: string, part: { covered: number; total: number } | null) =>
    part === null || part.total === 0 ? {} : { [name]: percentOf(part.covered, part.total) };
  return { summary: { ...percent('lines', lines), ...percent('branches', branches), ...percent('functions', functions) }, passed: true };
};
