import { join } from 'node:path';
import { styleText } from 'node:util';
import { say } from '../step.ts';

export function heading(text: string): void {
  say(`\n${styleText('bold', text, { stream: process.stdout })}`);
}

/** Does a part of the run, and says how long it took and what came of it. */
export async function part<T>(name: string, body: () => Promise<T>, tell: (result: T) => string = () => ''): Promise<T> {
  const started = performance.now();
  const result = await body();
  say(`  ${name.padEnd(28)}${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${tell(result)}`.trimEnd());
  return result;
}

/** Waits for all, also after one failed: none is left behind. @throws what the first of them threw */
export async function together<A, B, C>(...parts: readonly [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

/** Where the commands of a run say what people need not see while all goes well. */
export function logOf(out: string, part: string): string {
  return join(out, 'logs', `${part}.log`);
}
