import { createReadStream, lstatSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EvidenceError } from './errors.ts';
import { archive, LARGEST_MEMBER, type Member } from './layout/archive.ts';
import { signaturesOf } from './layout/guide.ts';
import { PartialFile, type Stored } from './layout/partial-file.ts';
import { interrupted, writeFailed } from './layout/partial-folder.ts';
import { names } from './names.ts';
import { type Built, readBuilt } from './read-built.ts';
import { places } from './signing/further.ts';

export type PackOptions = { readonly signal?: AbortSignal | undefined };
export type Packed = Stored & { readonly file: string };

/**
 * Writes a bundle, signed or not, as one `.tar.gz` of the same bytes everywhere; default: beside its folder. Replaces an older one as a whole.
 *
 * @throws EvidenceError `evidence.bundle_invalid`, `.item_too_large`, `.write_failed`, `.interrupted`
 */
export async function packBundle(folder: string, out = `${resolve(folder)}.tar.gz`, { signal }: PackOptions = {}): Promise<Packed> {
  const built = await readBuilt(folder);
  const { manifest } = built;
  const members = filesOf(built).map((name) => memberOf(folder, name));
  const parts = archive(`evidence-${manifest.release}`, members, new Date(manifest.at));
  return { file: resolve(out), ...(await writeWhole(resolve(out), parts, signal)) };
}

/** In the order of their names. */
function filesOf({ folder, manifest, signatures }: Built): string[] {
  const due = [...signaturesOf(manifest).map(({ file }) => file), ...places];
  const foreign = signatures.find((name) => !due.includes(name));
  if (foreign !== undefined) throw unpackable(folder, `\`${foreign}\` is about no item of it`);
  const own = manifest.artifacts.flatMap(({ name, from }) => (from === undefined ? [name] : []));
  return [names.manifest, ...own, ...signatures].toSorted((a, b) => (a < b ? -1 : 1));
}

function memberOf(folder: string, name: string): Member {
  const file = join(folder, name);
  const stat = lstatSync(file);
  if (!stat.isFile()) throw unpackable(folder, `\`${name}\` is not a regular file`);
  const { size } = stat;
  if (size <= LARGEST_MEMBER) return { name, size, content: read(file) };
  throw new EvidenceError('evidence.item_too_large', `\`${name}\` has ${size} bytes, an item has at most ${LARGEST_MEMBER}`, {
    remedy: 'keep it elsewhere and give a file that names it by digest',
  });
}

function unpackable(folder: string, why: string): EvidenceError {
  return new EvidenceError('evidence.bundle_invalid', `\`${folder}\` cannot be packed: ${why}`, { remedy: 'remove that file' });
}

/** Opened when its turn comes. */
async function* read(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file, { highWaterMark: 1 << 20 });
}

async function writeWhole(target: string, parts: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<Stored> {
  const partial = join(dirname(target), `.${basename(target)}-${process.pid}`);
  let file: PartialFile | undefined;
  try {
    file = new PartialFile(await open(partial, 'wx', 0o644));
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
    await file?.discard();
    await rm(partial, { force: true });
  }
}
