import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths, whatever the kernel's own tick is. */
const TICKS_A_SECOND = 100;

/** CPU seconds of a process and its children, those that ended included, as /proc tells them. */
export function cpuSecondsOf(root: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all
    .map(fieldsOf)
    .filter((fields) => fields !== undefined && (fields.pid === root || fields.parent === root))
    .reduce((sum, fields) => sum + (fields?.ticks ?? 0) / TICKS_A_SECOND, 0);
}

/** `man 5 proc_pid_stat`: fields are counted from behind the name, which may hold anything. */
function fieldsOf(pid: string): { pid: number; parent: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, ticks] = [fields[1] ?? 0, fields.slice(11, 15).reduce((sum, value) => sum + value, 0)];
    return { pid: Number(pid), parent, ticks };
  } catch {
    return undefined; // it has just gone
  }
}
