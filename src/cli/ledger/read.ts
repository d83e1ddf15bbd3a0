import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { VerifyError, type WitnessPolicy } from '../../ledger/verify/index.ts';
import { CliError } from '../errors.ts';
import { exitCode, lines, print } from '../report.ts';

/** Witnesses as options of a command: each a verifier key, or a file that holds one. */
export type WitnessOptions = { readonly witness: readonly string[]; readonly quorum?: string };

/** For options that may be given more than once. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export function witnessPolicy({ witness, quorum }: WitnessOptions): WitnessPolicy | undefined {
  if (witness.length === 0 && quorum === undefined) return undefined;
  return { witnesses: witness.map(keyOf), quorum: quorum === undefined ? undefined : parseWhole('--quorum', quorum, witness.length) };
}

/** A verifier key, or the file that it stands in. */
export function keyOf(option: string): string {
  return option.includes('+') ? option : readText(option).trim();
}

export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new CliError('cli.invalid_option', `cannot read \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name a file that can be read',
    });
  }
}

/** A file, or all files of a folder. */
export function readTexts(path: string): string[] {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) return [readText(path)];
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return files.map(({ name }) => readText(join(path, name)));
}

export function parseWhole(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= 1 && number <= most) return number;
  throw new CliError('cli.invalid_option', `${option} is \`${text}\``, { remedy: `give a whole number from 1 to ${most}` });
}

/** What cannot be read is wrong use; everything else that a verifier refuses is an answer: no. */
const unanswered = new Set<string>([
  'verify.file_unreadable',
  'verify.source_unreachable',
  'verify.state_malformed',
  'verify.key_malformed',
] satisfies VerifyError['code'][]);

/** Tells what was refused, and ends with 1; throws on what is no answer. */
export function refused(error: unknown, json: boolean): undefined {
  if (!(error instanceof VerifyError) || unanswered.has(error.code)) throw error;
  process.exitCode = exitCode.failed;
  const fault = { kind: error.code, seq: null, message: error.message };
  print(json ? JSON.stringify({ faults: [fault] }, null, 2) : lines([`FAULT ${error.code}: ${error.message}`]));
}
