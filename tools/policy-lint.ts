import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assertReferenced, notSources, readCatalogue, resolveTool, run } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

/** Form, types and style of the policies, in this order: the first step that fails ends it. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { source: { type: 'string' } } });
  const cwd = resolve(values.source ?? join(import.meta.dirname, '..', 'policies'));
  const opa = await resolveTool('opa');
  const regal = await resolveTool('regal');
  const ignored = notSources.flatMap((folder) => ['--ignore', folder]);
  const schema = existsSync(join(cwd, 'schema')) ? ['--schema', 'schema'] : [];
  await run(opa, ['fmt', '--diff', '--fail', '.'], { cwd });
  process.stdout.write('opa fmt: formatted\n');
  await run(opa, ['check', '--strict', ...schema, ...ignored, '--bundle', '.'], { cwd });
  process.stdout.write('opa check: types and strict mode\n');
  const { stdout } = await run(regal, ['lint', '.'], { cwd });
  process.stdout.write(`regal: ${stdout.trim()}\n`);
  assertReferenced((await readCatalogue(opa, cwd)).rules);
  process.stdout.write('metadata: every rule says what asks for it\n');
}

if (isMain(import.meta.url)) await script(main);
