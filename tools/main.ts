import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { CodedError } from '../src/core/index.ts';

/** True when the module at `url` is the program that was started, not one that another imported. */
export function isMain(url: string, argv: readonly string[] = process.argv): boolean {
  const started = argv[1];
  return started !== undefined && pathToFileURL(realpathSync(started)).href === url;
}

/** Runs a script's body: an expected error becomes its message and remedy on stderr, and exit code 1. */
export async function script(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    process.stderr.write(`error: ${error.message}\n${error.remedy === undefined ? '' : `→ ${error.remedy}\n`}`);
    process.exitCode = 1;
  }
}
