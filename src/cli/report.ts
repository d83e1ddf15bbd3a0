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

/** Lines as one text. What comes from a log was written by anyone: it may neither move a terminal's cursor nor look like another line. */
export function lines(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/\p{Cc}/gu, '\uFFFD')).join('\n');
}

/** Rows as aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
