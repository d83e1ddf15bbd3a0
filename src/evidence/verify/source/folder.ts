import { constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../core/index.ts';
import { EvidenceVerifyError } from '../errors.ts';
import { isFileName } from '../names.ts';
import { piecesOf } from './pieces.ts';
import type { BundleSource, Reading, SourceFile } from './source.ts';

/** A bundle as loose files. Nothing but regular files with plain names is opened, and no link is followed. */
export function folderSource(path: string): BundleSource {
  return {
    place: path,
    checks: ['files.plain'],
    size: async () => {
      const entries = (await list(path)).filter((entry) => refusalOf(entry) === undefined);
      const sizes = await Promise.all(entries.map(async ({ name }) => (await lstat(join(path, name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    files: (reading) => filesIn(path, reading),
  };
}

async function* filesIn(folder: string, reading: Reading): AsyncGenerator<SourceFile> {
  for (const entry of await list(folder)) {
    const refused = refusalOf(entry);
    if (refused !== undefined) reading.refuse({ check: 'files.plain', reason: refused, final: false });
    else yield* fileAt(folder, entry.name, reading);
  }
}

/** By code unit, as the manifest and the archive have them. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.bundle_unreadable', `cannot read the folder \`${folder}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name the folder that holds manifest.json, or its .tar.gz',
    });
  }
}

function refusalOf(entry: Dirent): string | undefined {
  if (!isFileName(entry.name)) return `${JSON.stringify(entry.name)} is not a plain name`;
  if (entry.isSymbolicLink()) return `\`${entry.name}\` is a symbolic link`;
  return entry.isFile() ? undefined : `\`${entry.name}\` is not a regular file`;
}

async function* fileAt(folder: string, name: string, reading: Reading): AsyncGenerator<SourceFile> {
  const file = await openPlain(join(folder, name)).catch((error: unknown) => {
    reading.refuse({ check: 'files.plain', reason: `\`${name}\` cannot be read: ${messageOf(error)}`, final: false });
  });
  if (file === undefined) return;
  try {
    const { size } = await file.stat();
    yield { name, size, chunks: () => piecesOf(file, size, (bytes) => reading.advance(bytes)) };
  } finally {
    await file.close();
  }
}

/** Opened without following and without waiting, and looked at once it is open: what the listing said may be so no more. */
async function openPlain(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is not a regular file');
}
