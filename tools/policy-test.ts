import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ToolError } from './errors.ts';
import { isMain, script } from './main.ts';
import { notSources } from './policy-sources.ts';
import { resolveTool } from './resolve.ts';
import { run } from './run.ts';

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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { source: { type: 'string' } } });
  const cwd = resolve(values.source ?? join(import.meta.dirname, '..', 'policies'));
  const opa = await resolveTool('opa');
  const common = ['test', '--fail-on-empty', '--bundle', '.', ...notSources.flatMap((folder) => ['--ignore', folder])];
  // Twice: with --coverage OPA prints the coverage instead of which test failed.
  const { stdout } = await run(opa, common, { cwd });
  process.stdout.write(stdout);
  const measured = await run(opa, [...common, '--coverage', '--format', 'json'], { cwd });
  const { percent, uncovered } = coverageOf(report.parse(JSON.parse(measured.stdout)));
  const line = `policy line coverage ${percent.toFixed(1)} % (at least ${threshold} %)`;
  if (percent < threshold) {
    throw new ToolError('policy.uncovered', [`${line}; no test reaches`, ...uncovered.map((place) => `  ${place}`)].join('\n'), {
      remedy: 'add a case to the rule_test.rego beside each',
    });
  }
  process.stdout.write(`${line}\n`);
}

if (isMain(import.meta.url)) await script(main);
