import { styleText } from 'node:util';
import type { CodedError } from '../../core/index.ts';

/** What scripts may rely on (docs/evidence-format.md). */
export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3, interrupted: 130 } as const;

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One line a fact; the names stand in a column. */
export function printFacts(facts: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) process.stdout.write(`${paint('dim', name.padEnd(width))}  ${value}\n`);
}

/** To stdout for machines, which read only that; to stderr for people. */
export function printError({ code, message, remedy }: CodedError, json: boolean): void {
  if (json) printJson({ error: { code, message, remedy: remedy ?? null } });
  else
    process.stderr.write(
      `${styleText('red', 'error', { stream: process.stderr })} ${code}: ${message}\n${remedy === undefined ? '' : `→ ${remedy}\n`}`,
    );
}

export function printWarning(text: string): void {
  process.stderr.write(`${styleText('yellow', 'warning', { stream: process.stderr })}: ${text}\n`);
}

/** Colour where stdout is a terminal that wants it (NO_COLOR and FORCE_COLOR are heeded). */
export function paint(style: 'green' | 'red' | 'dim' | 'bold', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
