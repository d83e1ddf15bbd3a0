import { readdirSync, readlinkSync } from 'node:fs';

/** The files below a folder that this process holds open (Linux). */
export function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map(targetOf)
    .filter((file) => file.startsWith(folder));
}

/** The list itself was open while it was read, and is not any more. */
function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
