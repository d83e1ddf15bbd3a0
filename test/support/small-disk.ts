import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeFolder, removeFolders } from './folders.ts';

/** A file system of the test's own, so small that it can be filled; undefined where mounting is not permitted. */
export function smallDisk(megabytes = 160): string | undefined {
  const folder = makeFolder('disk');
  onTestFinished(() => removeFolders([folder]));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Takes all the room there is; the file that took it. */
export function fill(disk: string): string {
  const name = join(disk, 'filler');
  const file = openSync(name, 'w');
  const block = Buffer.alloc(4_096);
  try {
    while (statfsSync(disk).bavail > 0) writeSync(file, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
  return name;
}
