import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CodedError, messageOf } from '../../core/index.ts';
import { EvidenceVerifyError, interrupted } from './errors.ts';
import { archiveSource } from './source/archive.ts';
import type { Refusal, SourceFile } from './source/source.ts';

export type UnpackRequest = {
  readonly archive: string;
  /** A folder that does not exist yet, or is empty. */
  readonly out: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

export type Unpacked = { readonly folder: string; readonly files: readonly string[] };

/**
 * Writes the files of an archive into a new folder: beside it first, renamed once all of it is there and in order. Verifies no signature.
 *
 * @throws EvidenceVerifyError `evidence.unpack.…`, `evidence.interrupted`; then nothing is left behind
 */
export async function unpackArchive(request: UnpackRequest): Promise<Unpacked> {
  const target = resolve(request.out);
  await assertFree(target);
  await archiveSource(request.archive).size();
  let partial: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    partial = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    const files = await writeFiles(partial, request);
    await chmod(partial, 0o755);
    await rename(partial, target);
    return { folder: target, files };
  } catch (cause) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
    throw cause instanceof CodedError ? cause : writeFailed(target, cause);
  }
}

async function writeFiles(folder: string, { archive, signal, onProgress }: UnpackRequest): Promise<string[]> {
  const source = archiveSource(archive);
  const total = await source.size();
  const refusals: Refusal[] = [];
  const written: string[] = [];
  let done = 0;
  const advance = (bytes: number) => {
    if (signal?.aborted === true) throw interrupted();
    done += bytes;
    onProgress?.(done, total);
  };
  for await (const file of source.files({ refuse: (refusal) => refusals.push(refusal), advance })) {
    if (signal?.aborted === true) throw interrupted();
    await writeFile(folder, file);
    written.push(file.name);
    // What is refused ends it before more is written.
    if (refusals.length > 0) break;
  }
  const [refused] = refusals;
  if (refused !== undefined) throw refusedBy(archive, refused);
  return written;
}

async function writeFile(folder: string, { name, chunks }: SourceFile): Promise<void> {
  const file = await open(join(folder, name), 'wx', 0o644);
  try {
    for await (const piece of chunks()) await file.writeFile(piece);
  } finally {
    await file.close();
  }
}

async function assertFree(target: string): Promise<void> {
  if (!existsSync(target)) return;
  const entries = await readdir(target).catch(() => [target]);
  if (entries.length === 0) return;
  throw new EvidenceVerifyError('evidence.unpack.out_exists', `\`${target}\` exists and is not an empty folder`, {
    remedy: 'name a new folder with --out: nothing is ever written over',
  });
}

function refusedBy(archive: string, { check, reason }: Refusal): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.unpack.refused', `\`${archive}\` is not unpacked: ${check}: ${reason}`, {
    remedy: 'get the archive again from whoever made it; nothing was left behind',
  });
}

function writeFailed(target: string, cause: unknown): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.unpack.write_failed', `cannot write \`${target}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'make room or correct the permissions, and run again; nothing was left behind',
  });
}
