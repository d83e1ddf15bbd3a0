import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { run } from '../../src/workbench/index.ts';

const root = join(import.meta.dirname, '../..');
const report = z.object({ summary: z.object({ violations: z.array(z.object({ rule: z.object({ name: z.string() }) })) }) });

/** The names of the rules that a small tree breaks, without repetition. */
async function broken(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-layers-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const program = join(root, 'node_modules/.bin/depcruise');
    const { stdout } = await run(
      process.execPath,
      [program, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', 'src'],
      {
        cwd: folder,
      },
    );
    const { violations } = report.parse(JSON.parse(stdout)).summary;
    return [...new Set(violations.map(({ rule }) => rule.name))].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const value = 'export const it = 1;\n';

it.each([
  [
    'nothing, when a row imports the row below through its door',
    [],
    { 'src/gateway/a.ts': "import '../govern/index.ts';", 'src/govern/index.ts': value },
  ],
  [
    'its layer, when a row imports one above',
    ['layers-core'],
    { 'src/core/a.ts': "import '../config/index.ts';", 'src/config/index.ts': value },
  ],
  [
    'its layer, also when only a type is imported',
    ['layers-policy-ledger-notify-witness'],
    { 'src/ledger/a.ts': "import type { T } from '../govern/index.ts';", 'src/govern/index.ts': 'export type T = 1;' },
  ],
  [
    'its layer, also for one type among the names and for types passed on',
    ['layers-auth-storage-jobs-telemetry', 'layers-config'],
    {
      'src/config/a.ts': "import { type T } from '../auth/index.ts';",
      'src/auth/index.ts': "export type { U } from '../govern/index.ts';",
      'src/govern/index.ts': 'export type U = 1;',
    },
  ],
  [
    'the door, when it imports a file behind it',
    ['only-through-the-door'],
    { 'src/main.ts': "import './core/ids.ts';", 'src/core/ids.ts': value },
  ],
  [
    'the cycle, between two files of a domain',
    ['no-cycles'],
    { 'src/core/a.ts': "import './b.ts'; export const a = 1;", 'src/core/b.ts': "import './a.ts'; export const b = 1;" },
  ],
  [
    'the cycle, between two domains of a row although no file is in one',
    ['no-domain-cycles'],
    {
      'src/slo/index.ts': value,
      'src/slo/b.ts': "import '../regions/index.ts';",
      'src/regions/index.ts': value,
      'src/regions/b.ts': "import '../slo/index.ts';",
    },
  ],
  [
    'the verifier, when it uses code of the writer',
    ['verifier-stands-alone'],
    { 'src/ledger/verify/a.ts': "import '../leaf.ts';", 'src/ledger/leaf.ts': value },
  ],
  [
    'the verifier, when it uses a layer below other than core',
    ['verifier-stands-alone'],
    {
      'src/ledger/verify/a.ts': "import '../../config/index.ts'; import '../../core/index.ts';",
      'src/config/index.ts': value,
      'src/core/index.ts': value,
    },
  ],
  ['the source, when it uses a tool', ['source-stands-alone'], { 'src/core/a.ts': "import '../../tools/run.ts';", 'tools/run.ts': value }],
  [
    'the domain, when it has no row',
    ['unknown-domain'],
    { 'src/helpers/index.ts': "import '../core/index.ts';", 'src/core/index.ts': value },
  ],
  ['the import, when it leads nowhere', ['unresolvable'], { 'src/core/a.ts': "import './missing.ts';" }],
])('reports %s', async (_, rules, files) => {
  expect(await broken(files)).toEqual(rules);
});
