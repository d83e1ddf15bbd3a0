import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EvidenceError } from './errors.ts';
import { archive, LARGEST_MEMBER, type Member } from './layout/archive.ts';
import { PartialFile, type Stored } from './layout/partial-file.ts';
import { interrupted, writeFailed } from './layout/partial-folder.ts';
import { readBuilt } from './read-built.ts';

export type PackOptions = { readonly signal?: AbortSignal | undefined };
export type Packed = Stored & { readonly file: string };

/**
 * Writes a bundle, signed or not, as one `.tar.gz` of the same bytes everywhere; default: beside its folder. Replaces an older one as a whole.
 *
 * @throws EvidenceError `evidence.bundle_invalid`, `.item_too_large`, `.write_failed`, `.interrupted`
 */
export async function packBundle(folder: string, out = `${resolve(folder)}.tar.gz`, { signal }: PackOptions = {}): Promise<Packed> {
  const { manifest } = await readBuilt(folder);
  const members = readdirSync(folder)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => memberOf(folder, name));
  const parts = archive(`evidence-${manifest.release}`, members, new Date(manifest.at));
  return { file: resolve(out), ...(await writeWhole(resolve(out), parts, signal)) };
}

function memberOf(folder: string, name: string): Member {
  const file = join(folder, name);
  const { size } = lstatSync(file);
  if (size <= LARGEST_MEMBER) return { name, size, content: read(file) };
  throw new EvidenceError('evidence.item_too_large', `\`${name}\` has ${size} bytes, an item has at most ${LARGEST_MEMBER}`, {
    remedy: 'keep it elsewhere and give a file that names it by digest',
  });
}

/** Opened when its turn comes. */
async function* read(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file, { highWaterMark: 1 << 20 });
}

async function writeWhole(target: string, parts: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<Stored> {
  const partial = join(dirname(target), `.${basename(target)}-${process.pid}`);
  try {
    const file = new PartialFile(await open(partial, 'wx', 0o644));
    for await (const part of parts) {
      if (signal?.aborted === true) throw interrupted();
      await file.write(part);
    }
    const stored = await file.finish();
    await rename(partial, target);
    return stored;
  } catch (cause) {
    throw cause instanceof EvidenceError ? cause : writeFailed(dirname(target), cause);
  } finally {
    await rm(partial, { force: true });
  }
}
