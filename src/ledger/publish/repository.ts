import { realpath } from 'node:fs/promises';
import { LedgerError } from '../errors.ts';
import { git } from './git.ts';

const OURS = /^[a-z][a-z0-9-]{0,62}\/(checkpoint|\d{1,16})$/;

/** Where files are written before they get their names. */
const TEMPORARY = ':(exclude,glob)*/.*.tmp';

/**
 * Makes the folder a repository if it is none, and answers with our files in it that were written but not committed: what is left when a
 * gateway dies in between. Anything else that is not committed is somebody else's.
 *
 * @throws LedgerError `ledger.publish_refused`, `ledger.publish_failed`
 */
export async function openRepository(folder: string): Promise<string[]> {
  const top = await git(folder, ['rev-parse', '--show-toplevel']).catch(() => undefined);
  if (top === undefined) await git(folder, ['init', '--quiet', '--initial-branch=main']);
  else if (top.trim() !== (await realpath(folder))) throw refused(folder, `it is inside of the repository \`${top.trim()}\``);
  const status = await git(folder, ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', '.', TEMPORARY]);
  const entries = status.split('\0').filter((entry) => entry !== '');
  return entries.map((entry) => uncommittedFile(folder, entry.slice(0, 2), entry.slice(3)));
}

/** A checkpoint may be replaced by a newer one; a file of the history is written once. */
function uncommittedFile(folder: string, state: string, file: string): string {
  const isNew = state === '??' || state === 'A ';
  const isReplaced = file.endsWith('/checkpoint') && [' M', 'M ', 'MM', 'AM'].includes(state);
  if (OURS.test(file) && (isNew || isReplaced)) return file;
  throw refused(folder, `\`${file}\` is changed and not committed`);
}

/** @throws LedgerError `ledger.publish_failed` */
export async function commitFiles(folder: string, files: readonly string[], message: string): Promise<void> {
  await git(folder, ['add', '--force', '--', ...files]);
  if ((await git(folder, ['diff', '--cached', '--name-only'])) === '') return;
  await git(folder, ['commit', '--quiet', '--no-verify', '-m', message, '--', ...files]);
}

/** Sends what the remote has not got, by the branch's upstream. @throws LedgerError `ledger.publish_failed` */
export async function pushCommits(folder: string): Promise<void> {
  if ((await git(folder, ['rev-list', '--count', '@{upstream}..HEAD'])).trim() !== '0') await git(folder, ['push', '--quiet']);
}

function refused(folder: string, why: string): LedgerError {
  return new LedgerError('ledger.publish_refused', `\`${folder}\` is not published into: ${why}`, {
    remedy: 'give the publisher a repository of its own, and look at what changed in it before you commit or undo that',
  });
}
