import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '../../config/index.ts';
import { messageOf } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';

const start = promisify(execFile);

/** Nothing of the folder's own making runs with us, and nothing waits for a person. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'commit.gpgSign=false',
  'user.name=countersign',
  'user.email=countersign@localhost',
].flatMap((setting) => ['-c', setting]);

/**
 * What git wrote to its standard output.
 *
 * @throws LedgerError `ledger.publish_failed`
 */
export async function git(folder: string, args: readonly string[]): Promise<string> {
  // GIT_DIR and its like would lead to another repository.
  const inherited = Object.entries(inheritedEnvironment()).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(inherited), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  try {
    const { stdout } = await start('git', [...settings, ...args], { cwd: folder, env, timeout: 60_000, maxBuffer: 16 << 20 });
    return stdout;
  } catch (cause) {
    if (isMissing(cause)) {
      throw new LedgerError('ledger.publish_failed', 'there is no `git` on PATH', {
        cause,
        remedy: 'install git, or set `git: false` for this folder in `ledger.publish`',
      });
    }
    throw new LedgerError('ledger.publish_failed', `git could not \`${args[0]}\` in \`${folder}\`: ${messageOf(cause).trim()}`, {
      cause,
      remedy: 'see what git says when you run it there, as the user that runs the gateway',
    });
  }
}

/** ENOENT is also what a missing folder gives: then it is in `path` that git itself was not found. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error && error.path === 'git';
}
