import { z } from 'zod';
import { type Artifact, canonicalFile } from '../artifact.ts';
import { names, predicateTypes } from '../names.ts';
import { malformed, parseItem, readInput } from '../read-input.ts';

/** `opa test --coverage --format=json`; OPA leaves out what is zero. */
const opaCoverage = z.object({
  files: z.record(z.string(), z.object({ covered_lines: z.int().min(0).default(0), not_covered_lines: z.int().min(0).default(0) })),
  coverage: z.number(),
});

export type Coverage = {
  /** Percent of the policies' own lines, two decimals. */
  readonly coverage: number;
  readonly files: readonly { readonly file: string; readonly covered: number; readonly notCovered: number }[];
};

export function coverageArtifact(file: string): { artifact: Artifact; coverage: Coverage } {
  const coverage = normaliseCoverage(readInput('policy coverage', file).toString('utf8'));
  const artifact = {
    name: names.coverage,
    bytes: canonicalFile(coverage),
    mediaType: 'application/json',
    predicateType: predicateTypes.testResult,
  };
  return { artifact, coverage };
}

/** Counts the policies and not their tests: OPA's own figure has both. */
export function normaliseCoverage(text: string): Coverage {
  const report = parseItem('policy coverage', text, opaCoverage);
  const files = Object.entries(report.files)
    .filter(([file]) => !file.endsWith('_test.rego'))
    .map(([file, lines]) => ({ file, covered: lines.covered_lines, notCovered: lines.not_covered_lines }))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const covered = files.reduce((sum, item) => sum + item.covered, 0);
  const all = files.reduce((sum, item) => sum + item.notCovered, covered);
  if (all === 0) throw malformed('policy coverage', 'it names no line of a policy');
  // Downwards: a threshold is never met by rounding.
  return { coverage: Math.floor((10_000 * covered) / all) / 100, files };
}
