import { stripVTControlCharacters } from 'node:util';
import { CodedError, messageOf } from '../core/index.ts';

/** Exit codes of every command (docs/cli.md): the answer is no; used or configured wrongly; a fault of ours; ended by Ctrl-C. */
export const exitCode = { failed: 1, usage: 2, fault: 70, interrupted: 130 } as const;

/** Runs a command's body. An expected error becomes its message and what to do, on stderr; anything else is a fault of ours and shows its stack. */
export async function run(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof CodedError)) {
      process.exitCode = exitCode.fault;
      process.stderr.write(`fault: ${error instanceof Error ? error.stack : messageOf(error)}\n`);
      return;
    }
    process.exitCode = exitCode.usage;
    process.stderr.write(`error: ${error.message}\n${error.remedy === undefined ? '' : `  → ${error.remedy}\n`}`);
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What comes from a log or a file was written by anyone: it may neither move a terminal's cursor nor look like another line. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}

/** Plain lines as one text. */
export function lines(texts: readonly string[]): string {
  return texts.map(plain).join('\n');
}

/** Rows as columns, each as wide as what is seen in it: colours take no room. */
export function table(rows: readonly (readonly string[])[]): string {
  const widthOf = (cell: string | undefined): number => stripVTControlCharacters(cell ?? '').length;
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((width, row) => Math.max(width, widthOf(row[column])), 0));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  ');
  return rows.map((row) => lineOf(row).trimEnd()).join('\n');
}
