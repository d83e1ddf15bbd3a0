import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new temporary folder that the account which runs PostgreSQL can enter. */
export function makeFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `countersign-test-${purpose}-`));
  chmodSync(folder, 0o755);
  return folder;
}

export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends a server without grace, by the folder it lives in; nothing happens where none runs. */
export function endServer(folder: string): void {
  const data = join(folder, 'data');
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (readlinkSync(`/proc/${pid}/cwd`) === data) process.kill(pid, 'SIGQUIT');
  } catch {
    // it is not there, or has just gone
  }
}
