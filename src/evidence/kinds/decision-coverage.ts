import { z } from 'zod';
import { isJsonObject } from '../../core/index.ts';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { Malformed } from './read/malformed.ts';
import { byText, count, percentOf, text } from './read/quantities.ts';

/** `opa test --coverage --format=json`; OPA leaves out what is zero. */
const opaReport = z.looseObject({
  files: z.record(z.string(), z.looseObject({ covered_lines: count.default(0), not_covered_lines: count.default(0) })),
  coverage: z.number().min(0).max(100).default(0),
});
const fileSchema = z.strictObject({ file: text, covered: count, notCovered: count });
const document = z.strictObject({ coverage: z.number().min(0).max(100), files: z.array(fileSchema) });
type FileCoverage = z.infer<typeof fileSchema>;

export const decisionCoverage: Kind = defineKind({
  name: 'decision-coverage',
  title: 'a coverage report of policies',
  reads: 'what `opa test --coverage --format=json` printed',
  measures: ['lines', 'files'],
  file: 'policy-coverage.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: () => true },
  read: (input) => {
    const files = filesOf(input).toSorted((a, b) => byText(a.file, b.file));
    const coverage = percentOfLines(files);
    return { content: { coverage, files }, summary: { lines: coverage, files: files.length } };
  },
});

/** The policies and not their tests: OPA's own figure has both. */
function filesOf(input: string): FileCoverage[] {
  const json = parseJson(input);
  if (isJsonObject(json) && Array.isArray(json['files'])) return shaped(json, document).files;
  return Object.entries(shaped(json, opaReport).files)
    .filter(([file]) => !file.endsWith('_test.rego'))
    .map(([file, lines]) => ({ file, covered: lines.covered_lines, notCovered: lines.not_covered_lines }));
}

function percentOfLines(files: readonly FileCoverage[]): number {
  const covered = files.reduce((sum, item) => sum + item.covered, 0);
  const all = files.reduce((sum, item) => sum + item.notCovered, covered);
  if (all === 0) throw new Malformed('it names no line of a policy');
  return percentOf(covered, all);
}
