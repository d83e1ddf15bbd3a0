import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageError } from '../errors.ts';

/** The operating-system account that runs PostgreSQL: PostgreSQL refuses to run as root. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

/** Undefined: run as ourselves. When we are root: `postgres` where it exists, else `nobody`. */
export function unprivilegedAccount(passwd: string = '/etc/passwd'): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts.find((candidate) => candidate[0] === name);
    if (fields !== undefined) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new StorageError(
    'storage.start_failed',
    'PostgreSQL refuses to run as root and there is neither a `postgres` nor a `nobody` user',
    {
      remedy: 'run as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own',
    },
  );
}

/** True when the account can enter every folder on the way to `path` (which need not exist yet). */
export function canReach(account: Account | undefined, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!canEnter(account, folder)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function canEnter(account: Account | undefined, folder: string): boolean {
  try {
    if (account === undefined) {
      accessSync(folder, constants.X_OK);
      return true;
    }
    const { mode, uid, gid } = statSync(folder);
    if (uid === account.uid) return (mode & 0o100) !== 0;
    return (mode & (gid === account.gid ? 0o010 : 0o001)) !== 0;
  } catch (error) {
    // A folder that is still to be made is reachable where its parent is.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
