import { join, resolve } from 'node:path';
import { notSources, resolveTool } from '../../src/workbench/index.ts';
import { command, project } from '../command.ts';
import { required, say, step } from '../step.ts';
import { noteItems } from './items.ts';

const usage = `node ci/collect/decision-coverage.ts --out DIR [--policies DIR]

Runs the tests of the policies with \`opa test --coverage\`. The tool is found or built as tools/resolve.ts says.`;

const file = 'opa-coverage.json';

/** @throws StepError, ToolError */
export async function collectDecisionCoverage(out: string, policies: string, log?: string): Promise<void> {
  const ignored = notSources.flatMap((folder) => ['--ignore', folder]);
  const args = ['test', '--fail-on-empty', '--bundle', '.', ...ignored, '--coverage', '--format', 'json'];
  await command(await resolveTool('opa'), args, { cwd: policies, stdout: join(resolve(out), file), log });
  noteItems(out, [{ kind: 'decision-coverage', file, madeAt: new Date().toISOString() }]);
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, policies: { type: 'string', default: join(project, 'policies') } },
  run: async ({ values }) => {
    const out = required('--out', values.out);
    await collectDecisionCoverage(out, values.policies);
    say(`the coverage of the policies is in ${out}`);
  },
});
