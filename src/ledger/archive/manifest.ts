import { z } from 'zod';
import { canonicalBytes, digestOf, isTenantId, messageOf, parseCanonical, type TenantId } from '../../core/index.ts';
import { TILE_WIDTH } from '../tile-path.ts';
import { corrupt } from './errors.ts';
import { pathOf, segmentFiles } from './files.ts';

export const MANIFEST = 'archive.json';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const border = z.int().min(0).multipleOf(TILE_WIDTH);

const schema = z.strictObject({
  version: z.literal(1),
  log: z.string().refine((name): name is TenantId => isTenantId(name), 'is not a log'),
  origin: z.string().min(1),
  /** Entries with `from` <= seq < `to`. */
  from: border,
  to: border,
  /** Of the tree of the first `to` entries, hex. */
  root: hash,
  /** A signed note of that size or a larger one. */
  checkpoint: z.string().min(1),
  /** RFC 6962 §2.1.2, from `to` to the checkpoint's size, hex. */
  consistency: z.array(hash),
  /** Every other file, in the order in which `segmentFiles` has them. */
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().min(1), sha256: hash })),
});

/** What an archive says of itself: `archive.json`, in canonical JSON. Its digest stands for all of the archive. */
export type Manifest = z.infer<typeof schema>;

export function writeManifest(manifest: Manifest): { bytes: Buffer; digest: string } {
  const bytes = canonicalBytes(manifest);
  return { bytes, digest: digestOf(bytes) };
}

/** @throws LedgerError `ledger.archive_corrupt` */
export function parseManifest(bytes: Buffer): { manifest: Manifest; digest: string } {
  const manifest = parsed(bytes);
  if (manifest.from >= manifest.to) throw corrupt(MANIFEST, `it ends at ${manifest.to}, where it does not even begin`);
  const expected = [...segmentFiles(manifest.from, manifest.to)].map(pathOf);
  const different = expected.findIndex((path, n) => manifest.files[n]?.path !== path);
  if (different >= 0) throw corrupt(MANIFEST, `it does not list \`${expected[different]}\` where it must`);
  if (manifest.files.length > expected.length) throw corrupt(MANIFEST, 'it lists files that no such archive has');
  return { manifest, digest: digestOf(bytes) };
}

function parsed(bytes: Buffer): Manifest {
  try {
    return schema.parse(parseCanonical(bytes));
  } catch (cause) {
    throw corrupt(MANIFEST, cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause), cause);
  }
}
