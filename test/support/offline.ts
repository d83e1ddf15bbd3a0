import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../../src/workbench/index.ts';

/** A shell in a network namespace of its own, where not even the loopback device is up. */
export type Offline = {
  /** Pastes lines into it, in a folder; it stops at the first that fails. */
  paste(lines: string, cwd: string): Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }>;
};

/**
 * A machine without a network: nothing of our environment, an empty home, and on PATH what a system has and the programs given.
 *
 * @throws when this machine lets us make no network namespace, saying what to do
 */
export async function offlineShell(folder: string, programs: Readonly<Record<string, string>>): Promise<Offline> {
  const { code, stderr } = await attempt('unshare', ['--map-root-user', '--net', 'true']);
  if (code !== 0) {
    throw new Error(
      `cannot turn the network off: \`unshare --map-root-user --net\` ended with ${code}: ${stderr.trim()}\n` +
        '→ run the tests as root, or allow user namespaces (in a container: --security-opt seccomp=unconfined)',
    );
  }
  const machine = mkdtempSync(join(folder, 'machine-'));
  const [bin, home] = [join(machine, 'bin'), join(machine, 'home')];
  for (const made of [bin, home]) mkdirSync(made);
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(bin, name));
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: home };
  return {
    paste: (lines, cwd) => {
      return attempt('unshare', ['--map-root-user', '--net', 'bash', '-euo', 'pipefail', '-c', lines], {
        cwd,
        env,
        timeoutMilliseconds: 60_000,
      });
    },
  };
}
