import { readdirSync, readFileSync } from 'node:fs';

/** The children of a process, from /proc. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** The fourth field of /proc/<pid>/stat, counted behind the name, which may hold anything. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has just gone
  }
}

/** kill -9 of a postmaster and all its children: no shutdown, no checkpoint, as when the power fails for them. */
export function killTree(postmaster: number): void {
  process.kill(postmaster, 'SIGSTOP'); // or it would have more children
  const children = childrenOf(postmaster);
  for (const pid of [postmaster, ...children]) kill(pid);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has just gone
  }
}
