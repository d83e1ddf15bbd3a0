import type { Command } from 'commander';
import { vi } from 'vitest';
import { unpackCommand } from '../../../src/cli/evidence/unpack.ts';
import { verifyCommand } from '../../../src/cli/evidence/verify.ts';
import { CodedError } from '../../../src/core/index.ts';
import type { Report } from '../../../src/evidence/verify/index.ts';

type Ran = { readonly code: number; readonly stdout: string; readonly error: CodedError | undefined };

/** Runs a command of `ig-evidence` here: a process for each row of a table would take longer than all the rest. */
async function run(command: Command, args: readonly string[]): Promise<Ran> {
  let stdout = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode), stdout, error: undefined };
  } catch (error) {
    // As src/cli/ig-evidence.ts does.
    if (error instanceof CodedError) return { code: 2, stdout, error };
    throw error;
  } finally {
    process.exitCode = before;
    spy.mockRestore();
  }
}

export async function verifyByCommand(args: readonly string[]): Promise<{ code: number; report: Report; failed: string[] }> {
  const { code, stdout, error } = await run(verifyCommand(), [...args, '--json']);
  if (error !== undefined) throw error;
  const report: Report = JSON.parse(stdout);
  const failed = report.checks.filter(({ ok }) => !ok).map(({ check, subject }) => `${check} ${subject}`);
  return { code, report, failed };
}

export function unpackByCommand(args: readonly string[]): Promise<Ran> {
  return run(unpackCommand(), args);
}
