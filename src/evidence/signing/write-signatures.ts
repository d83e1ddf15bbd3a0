import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError } from '../errors.ts';
import { interrupted, writeFailed } from '../layout/partial-folder.ts';

export type NamedFile = { readonly name: string; readonly bytes: Buffer };

export type Writing = {
  /** What an earlier signing left half done makes room. */
  readonly replace: boolean;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Adds files to a folder, in this order: all of them or none.
 *
 * @throws EvidenceError `evidence.write_failed`, `evidence.interrupted`
 */
export async function writeSignatures(folder: string, files: readonly NamedFile[], { replace, signal }: Writing): Promise<void> {
  const written: string[] = [];
  try {
    for (const { name, bytes } of files) {
      const file = join(folder, name);
      if (replace) await rm(file, { force: true });
      // Never through a link, and never over what somebody else has put there meanwhile.
      await writeFile(file, bytes, { mode: 0o644, flag: 'wx' });
      written.push(file);
      if (signal?.aborted === true) throw interrupted();
    }
  } catch (cause) {
    for (const file of written) await rm(file, { force: true });
    throw cause instanceof EvidenceError ? cause : writeFailed(folder, cause);
  }
}
