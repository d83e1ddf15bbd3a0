import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputSchema } from '../src/policy/index.ts';
import { ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

const file = join(import.meta.dirname, '..', 'policies', 'schema', 'input.json');

/** Writes the JSON Schema that `opa check` holds the rules against from the one definition in src/policy/input.ts. */
export function writeSchema(check: boolean): void {
  const wanted = `${JSON.stringify(inputSchema(), null, 2)}\n`;
  if (!check) {
    writeFileSync(file, wanted);
    return;
  }
  if (readFileSync(file, 'utf8') === wanted) return;
  throw new ToolError('policy.stale', '`policies/schema/input.json` is not what src/policy/input.ts says', {
    remedy: 'run `npm run policy:schema`',
  });
}

if (isMain(import.meta.url)) await script(async () => writeSchema(process.argv.includes('--check')));
