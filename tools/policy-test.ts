import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { notSources, resolveTool, run, ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

const threshold = 95;

const lines = z.array(z.object({ start: z.object({ row: z.number() }), end: z.object({ row: z.number() }) })).default([]);
const report = z.object({
  files: z.record(
    z.string(),
    z.object({ covered_lines: z.number().default(0), not_covered_lines: z.number().default(0), not_covered: lines }),
  ),
});
export type CoverageReport = z.infer<typeof report>;

/** Coverage of the policies themselves, in percent: OPA's own figure counts the lines of the tests too. */
export function coverageOf({ files }: CoverageReport): { percent: number; uncovered: string[] } {
  const policies = Object.entries(files).filter(([file]) => !file.endsWith('_test.rego'));
  const covered = policies.reduce((sum, [, file]) => sum + file.covered_lines, 0);
  const missed = policies.reduce((sum, [, file]) => sum + file.not_covered_lines, 0);
  const uncovered = policies.flatMap(([file, { not_covered: ranges }]) => [...new Set(ranges.map(({ start }) => `${file}:${start.row}`))]);
  return { percent: covered + missed === 0 ? 0 : (100 * covered) / (covered + missed), uncovered };
}

/** The counts alone, in the shape of OPA's report: what evidence bundles carry, so that building one needs no OPA. */
export function coverageFile({ files }: CoverageReport): string {
  const counts = Object.entries(files)
    .filter(([file]) => !file.endsWith('_test.rego'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, { covered_lines, not_covered_lines }]) => [file, { covered_lines, not_covered_lines }]);
  const coverage = Math.floor(coverageOf({ files }).percent * 100) / 100;
  return `${JSON.stringify({ coverage, files: Object.fromEntries(counts) }, null, 2)}\n`;
}

function keep(measured: CoverageReport, file: string, write: boolean): void {
  const text = coverageFile(measured);
  if (write) {
    writeFileSync(file, text);
    return;
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  throw new ToolError('policy.stale', `\`${file}\` is not the coverage of today's tests`, {
    remedy: 'run `npm run policy:build` and commit policies/dist',
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { source: { type: 'string' }, write: { type: 'boolean', default: false } } });
  const cwd = resolve(values.source ?? join(import.meta.dirname, '..', 'policies'));
  const opa = await resolveTool('opa');
  const common = ['test', '--fail-on-empty', '--bundle', '.', ...notSources.flatMap((folder) => ['--ignore', folder])];
  // Twice: with --coverage OPA prints the coverage instead of which test failed.
  const { stdout } = await run(opa, common, { cwd });
  process.stdout.write(stdout);
  const measured = await run(opa, [...common, '--coverage', '--format', 'json'], { cwd });
  const coverage = report.parse(JSON.parse(measured.stdout));
  const { percent, uncovered } = coverageOf(coverage);
  const line = `policy line coverage ${percent.toFixed(1)} % (at least ${threshold} %)`;
  if (percent < threshold) {
    throw new ToolError('policy.uncovered', [`${line}; no test reaches`, ...uncovered.map((place) => `  ${place}`)].join('\n'), {
      remedy: 'add a case to the rule_test.rego beside each',
    });
  }
  process.stdout.write(`${line}\n`);
  if (values.source === undefined) keep(coverage, join(cwd, 'dist', 'coverage.json'), values.write);
}

if (isMain(import.meta.url)) await script(main);
