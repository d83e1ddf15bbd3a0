import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';

const execute = promisify(execFile);

/**
 * What a program printed.
 *
 * @throws EvidenceError `evidence.command_failed`, with what the program said.
 */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args], { cwd, maxBuffer: 256 * 1024 * 1024, timeout: 300_000 });
    return stdout;
  } catch (cause) {
    throw new EvidenceError(
      'evidence.command_failed',
      `\`${[program, ...args].join(' ')}\` failed in \`${cwd}\`: ${messageOf(cause).trim()}`,
      {
        cause,
        remedy: `run it there by hand and correct what it names; ${program} must be on PATH`,
      },
    );
  }
}
