import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from '../errors.ts';
import { asAccount, dataFolder, type Home } from './home.ts';

/** A running server, ours or one that an earlier process of ours left behind. */
export type Postmaster = { readonly pid: number; readonly port: number; readonly ready: boolean };

const READY_WITHIN_MS = 30_000;
const POLL_MS = 10;

/** What `postmaster.pid` says, if it is this cluster's server. PostgreSQL writes: pid, folder, start, port, socket folder, address, shared memory, state. */
export function readPostmaster(home: Home): Postmaster | undefined {
  const lines = pidFileLines(home);
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || !isServerOf(home, pid)) return undefined;
  return { pid, port, ready: lines[7]?.trim() === 'ready' };
}

function pidFileLines(home: Home): string[] {
  try {
    return readFileSync(join(dataFolder(home), 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return []; // none runs, or it is just going
  }
}

/**
 * Finds the server running, or starts it in a session of its own (so that Ctrl-C reaches only us, and we stop it when our work
 * is done) and waits until it answers. While children of a killed predecessor are still going, or another starter is faster,
 * it is tried again.
 *
 * @throws StorageError `storage.start_failed`, with the end of PostgreSQL's log.
 */
export async function ensurePostmaster(home: Home, wantedPort: number | undefined): Promise<Postmaster> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const running = readPostmaster(home);
    if (running !== undefined) return running;
    discardForeignPidFile(home);
    const port = wantedPort ?? (await freePort());
    const started = await waitUntilReady(home, spawnPostgres(home, port), deadline);
    if (started !== undefined) return started;
    const reason = logTail(home);
    if (Date.now() > deadline || !/in use|bind|still|exists/i.test(reason)) throw startFailed(home, reason);
    await delay(100);
  }
}

function spawnPostgres(home: Home, port: number): ChildProcess {
  const log = openSync(join(home.folder, 'postgres.log'), 'a', 0o600);
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_min_messages: 'warning',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(home.bin, 'postgres'), ['-D', dataFolder(home), ...args], {
    ...asAccount(home.account),
    cwd: home.folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined); // seen as an exit below
  child.unref();
  return child;
}

async function waitUntilReady(home: Home, child: ChildProcess, deadline: number): Promise<Postmaster | undefined> {
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined && Date.now() < deadline) {
    const running = readPostmaster(home);
    if (running?.pid === child.pid && running.ready) return running;
    await delay(POLL_MS);
  }
  return undefined;
}

/** Asks for a fast shutdown (sessions are ended, everything is flushed) and waits for the end. */
export async function stopPostmaster(home: Home, { pid }: Postmaster): Promise<void> {
  if (isServerOf(home, pid)) process.kill(pid, 'SIGINT');
  const deadline = Date.now() + READY_WITHIN_MS;
  while (isServerOf(home, pid) && Date.now() < deadline) await delay(POLL_MS);
}

/**
 * Whether a process is the server of this cluster, by the folder it works in: after a reboot, and soon in a container, the id
 * that a killed server left in its file belongs to somebody else.
 */
function isServerOf(home: Home, pid: number): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    return existsSync(folder) ? folder === realpathSync(dataFolder(home)) : folder === `${dataFolder(home)} (deleted)`;
  } catch {
    if (existsSync('/proc/self/cwd')) return false; // it is gone, or another user's
    return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('postgres');
  }
}

/** PostgreSQL would not start while the process that a stale file names is alive, whatever it is. */
function discardForeignPidFile(home: Home): void {
  const pid = Number(pidFileLines(home)[0]);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid) && !isServerOf(home, pid))
    rmSync(join(dataFolder(home), 'postmaster.pid'), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new StorageError('storage.start_failed', 'no free port on 127.0.0.1');
  return address.port;
}

function logTail(home: Home): string {
  try {
    return readFileSync(join(home.folder, 'postgres.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
  } catch {
    return '';
  }
}

function startFailed(home: Home, reason: string): StorageError {
  return new StorageError('storage.start_failed', `the embedded PostgreSQL did not start: ${reason}`, {
    remedy: `see \`${join(home.folder, 'postgres.log')}\`; free space and permissions are the usual causes`,
  });
}
