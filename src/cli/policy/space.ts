import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../config/index.ts';

/** The policies of this installation, the default of what is analysed: their sources in a checkout, else what they were compiled to. */
export function ownPolicies(): string {
  const sources = join(packageRoot(), 'policies');
  return existsSync(join(sources, 'main')) ? sources : join(sources, 'dist');
}

/** Where space.yaml is: the folder that was named, else beside the sources that were, else our own. */
export function spaceFolder(named: string | undefined, ...sources: readonly string[]): string {
  if (named !== undefined) return named;
  const beside = sources.map((folder) => join(folder, 'analysis')).find((folder) => existsSync(join(folder, 'space.yaml')));
  return beside ?? join(packageRoot(), 'policies', 'analysis');
}

/** JSON with exact counts, which can be beyond what a number holds, as strings. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member), 2);
}

/** Tells somebody who waits how far a long command is; a pipe is told nothing. */
export function progress(what: string): (item: { readonly action: string }) => void {
  let done = 0;
  return ({ action }) => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what} ${done} actions, last \`${action}\``);
  };
}

/** Clears the line of `progress`. */
export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
