import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, sha256 } from '../../core/index.ts';
import { readEntryBundle } from '../entry-bundle.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { corrupt } from './errors.ts';
import { pathOf, type SegmentFile } from './files.ts';
import { MANIFEST, type Manifest, parseManifest } from './manifest.ts';

/** An archive in a folder. What it gives is what its manifest names by digest; that this is the log's is for `checkSegment` to say. */
export type Segment = {
  readonly manifest: Manifest;
  readonly digest: string;
  /** The content of a file. @throws LedgerError `ledger.archive_corrupt` */
  read(file: SegmentFile): Promise<Buffer>;
  /** The 256 bodies of a bundle. @throws LedgerError `ledger.archive_corrupt` */
  bodies(index: number): Promise<readonly Buffer[]>;
};

/** @throws LedgerError `ledger.archive_corrupt` */
export async function openSegment(folder: string): Promise<Segment> {
  const { manifest, digest } = parseManifest(await bytesOf(folder, MANIFEST));
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  const read = async (file: SegmentFile): Promise<Buffer> => {
    const path = pathOf(file);
    const bytes = await bytesOf(folder, path);
    const expected = listed.get(path);
    if (bytes.length !== expected?.bytes || sha256(bytes).toString('hex') !== expected.sha256) {
      throw corrupt(path, 'its SHA-256 is not the one that the manifest has');
    }
    return bytes;
  };
  const bodies = async (index: number): Promise<readonly Buffer[]> => {
    const file: SegmentFile = { kind: 'entries', index };
    const found = readEntryBundle(await read(file));
    if (found?.length !== TILE_WIDTH) throw corrupt(pathOf(file), `it is no bundle of ${TILE_WIDTH} entries`);
    return found;
  };
  return { manifest, digest, read, bodies };
}

/** Of which log an archive says that it is. @throws LedgerError `ledger.archive_corrupt` */
export async function readSegmentLog(folder: string): Promise<Manifest['log']> {
  return (await openSegment(folder)).manifest.log;
}

async function bytesOf(folder: string, path: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, path));
  } catch (cause) {
    throw corrupt(path, `it cannot be read: ${messageOf(cause)}`, cause);
  }
}
