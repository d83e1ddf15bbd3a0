import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../core/index.ts';
import { EvidenceError } from './errors.ts';

export type NamedFile = { readonly name: string; readonly bytes: Buffer };

/** Called before the work and not only before the writing. @throws EvidenceError `evidence.out_not_empty` */
export function assertFree(folder: string): void {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return;
  throw new EvidenceError('evidence.out_not_empty', `\`${folder}\` exists and is not an empty folder`, {
    remedy: 'name a new folder: a bundle is never mixed with other files',
  });
}

/** Writes a folder as a whole: beside it first, then renamed, so that a half-written one never stands there. */
export function writeFolder(folder: string, files: readonly NamedFile[]): void {
  const target = resolve(folder);
  let partial: string | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    partial = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
    for (const file of files) writeFileSync(join(partial, file.name), file.bytes, { mode: 0o644 });
    chmodSync(partial, 0o755);
    renameSync(partial, target);
  } catch (cause) {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
    throw writeFailed(folder, cause);
  }
}

function writeFailed(folder: string, cause: unknown): EvidenceError {
  return new EvidenceError('evidence.write_failed', `cannot write to \`${folder}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'make room or correct the permissions, and run again; nothing was left behind',
  });
}
