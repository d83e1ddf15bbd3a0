import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command, project } from '../command.ts';
import { required, StepError, say, step } from '../step.ts';
import { noteItems } from './items.ts';

const usage = `node ci/collect/tests.ts --out DIR [--junit FILE --coverage FILE] [FILTER…]

Runs this project's tests with coverage and keeps both reports: those that a FILTER names, else all. Tests that fail do not stop it:
the contract judges the report. With --junit (JUnit XML) and --coverage (coverage-summary.json) nothing runs, and those are taken.`;

const files = { junit: 'junit.xml', coverage: 'coverage-summary.json' } as const;

export type TestReports = { readonly junit: string; readonly coverage: string };

/** @throws StepError `step.unreadable` where the tests left no report */
export async function collectTests(out: string, given: TestReports | undefined, filters: readonly string[], log?: string): Promise<void> {
  const { junit, coverage } = given ?? (await runTests(resolve(out), filters, log));
  mkdirSync(out, { recursive: true });
  for (const [file, name] of [[junit, files.junit] as const, [coverage, files.coverage] as const]) {
    if (!existsSync(file))
      throw new StepError('step.unreadable', `there is no report \`${file}\``, { remedy: 'see above why the tests did not run' });
    if (resolve(file) !== resolve(out, name)) copyFileSync(file, join(out, name));
  }
  // A coverage report does not say when it was made.
  noteItems(out, [
    { kind: 'junit', file: files.junit },
    { kind: 'coverage', file: files.coverage, madeAt: new Date().toISOString() },
  ]);
}

async function runTests(out: string, filters: readonly string[], log: string | undefined): Promise<TestReports> {
  const junit = join(out, files.junit);
  // vitest empties the folder that it writes coverage to.
  const folder = join(out, 'coverage');
  const coverage = [
    '--coverage.enabled',
    '--coverage.include=src/**',
    '--coverage.reporter=json-summary',
    `--coverage.reportsDirectory=${folder}`,
  ];
  const reporters = ['--reporter=dot', '--reporter=junit', `--outputFile.junit=${junit}`];
  const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs');
  // 1: tests failed.
  await command(process.execPath, [vitest, 'run', ...reporters, ...coverage, '--coverage.reportOnFailure', ...filters], {
    cwd: project,
    accept: [0, 1],
    log,
  });
  return { junit, coverage: join(folder, files.coverage) };
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, junit: { type: 'string' }, coverage: { type: 'string' } },
  run: async ({ values: { out: folder, junit, coverage }, positionals }) => {
    const out = required('--out', folder);
    if ((junit === undefined) !== (coverage === undefined))
      throw new StepError('step.usage', 'give both of --junit and --coverage, or neither');
    await collectTests(out, junit === undefined || coverage === undefined ? undefined : { junit, coverage }, positionals);
    say(`the reports of tests and coverage are in ${out}`);
  },
});
