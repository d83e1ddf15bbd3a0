import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { EmbeddedPostgres } from '../../src/storage/index.ts';
import { postgresBinaries } from '../support/binaries.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import type { GatewayProcess } from '../support/gateway.ts';

export const soon = { timeout: 15_000, interval: 20 };

/** A data folder for the time of the test. */
export function dataFolder(): string {
  const folder = makeFolder('embedded');
  onTestFinished(() => removeFolders([folder]));
  return folder;
}

/** A server that is stopped when the test ends, and what it told. */
export async function start(dataDir: string): Promise<{ server: EmbeddedPostgres; events: string[] }> {
  const events: string[] = [];
  const server = await EmbeddedPostgres.start({ dataDir, ...postgresBinaries(), onEvent: (message) => events.push(message) });
  onTestFinished(() => server.stop());
  return { server, events };
}

/** A process that has ended but was not waited for is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch {
    return false;
  }
}

/** Polled: the folder and the port are free a moment before the process is quite gone. */
export async function expectGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), soon);
}

export function readyOf(gateway: GatewayProcess) {
  if (gateway.said.ready === undefined) throw new Error(`not ready: ${gateway.said.error?.message}`);
  return gateway.said.ready;
}

export const pidFile = (dataDir: string) => join(dataDir, 'postgres', 'data', 'postmaster.pid');
export const pidIn = (dataDir: string) => Number(readFileSync(pidFile(dataDir), 'utf8').split('\n')[0]);

/** The processes that work in a cluster's folder. */
export function serversIn(dataDir: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === join(dataDir, 'postgres', 'data');
    } catch {
      return false;
    }
  });
}
