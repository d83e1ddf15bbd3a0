import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Compiled, compilePolicies, resolveTool, ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

function write(compiled: Compiled, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of compiled) writeFileSync(join(folder, name), bytes);
  process.stdout.write(`wrote ${[...compiled.keys()].join(', ')} to ${folder}\n`);
}

/** @throws ToolError `policy.stale`, naming the first file that is not what the sources compile to. */
export function assertCurrent(compiled: Compiled, folder: string): void {
  for (const [name, bytes] of compiled) {
    const file = join(folder, name);
    const difference = firstDifference(bytes, readIfThere(file));
    if (difference === undefined) continue;
    throw new ToolError('policy.stale', `\`${file}\` is not what the sources compile to: ${difference}`, {
      remedy: 'run `npm run policy:build` and commit policies/dist',
    });
  }
}

function firstDifference(compiled: Buffer, committed: Buffer | undefined): string | undefined {
  if (committed === undefined) return 'it does not exist';
  if (compiled.equals(committed)) return undefined;
  const length = Math.min(compiled.length, committed.length);
  let at = 0;
  while (at < length && compiled[at] === committed[at]) at += 1;
  return `${committed.length} bytes instead of ${compiled.length}, first difference at byte ${at}`;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** The manifest that stands in a folder of compiled policies; undefined where none was compiled yet. */
function committedManifest(folder: string): { text: string; serial: number } | undefined {
  const text = readIfThere(join(folder, 'manifest.json'))?.toString('utf8');
  return text === undefined ? undefined : { text, serial: withSerial.parse(JSON.parse(text)).serial };
}

const withSerial = z.looseObject({ serial: z.int().default(0) });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { source: { type: 'string' }, out: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  const source = resolve(values.source ?? join(import.meta.dirname, '..', 'policies'));
  const out = resolve(values.out ?? join(source, 'dist'));
  const opa = await resolveTool('opa');
  const before = committedManifest(out);
  const compiled = await compilePolicies(source, opa, before?.serial);
  const changed = before !== undefined && !Buffer.from(before.text).equals(compiled.get('manifest.json') ?? Buffer.alloc(0));
  // What changes in any way is a new policy: its serial grows, so that it can be published upon the one before.
  if (!values.check) return write(changed ? await compilePolicies(source, opa, before.serial + 1) : compiled, out);
  assertCurrent(compiled, out);
  process.stdout.write(`${out} is what the sources compile to\n`);
}

if (isMain(import.meta.url)) await script(main);
