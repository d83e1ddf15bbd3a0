import { z } from 'zod';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';
import { percentOf } from './numbers.ts';

const count = z.int().min(0);
const coverage = z.strictObject({
  coverage: z.number().min(0).max(100),
  files: z.array(z.strictObject({ file: z.string(), covered: count, notCovered: count })),
});

export const readDecisionCoverage: DocumentReader = (document) => {
  const { coverage: lines, files } = parseAs(coverage, document);
  ensure(
    files.every(({ file }, index) => index === 0 || (files[index - 1]?.file ?? '') <= file),
    'its files are not in order',
  );
  const covered = files.reduce((sum, file) => sum + file.covered, 0);
  const all = files.reduce((sum, file) => sum + file.notCovered, covered);
  ensure(all > 0, 'it names no line of a policy');
  ensure(percentOf(covered, all) === lines, `its files do not make ${lines} %`);
  return { summary: { lines, files: files.length }, passed: true };
};
