import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, messageOf, parseCanonical } from '../core/index.ts';
import { hexDigest, hexDigestOfFile } from './digest.ts';
import { EvidenceError } from './errors.ts';
import type { Earlier } from './ledger/proofs.ts';
import { type ArtifactRecord, type Manifest, manifestSchema } from './manifest.ts';
import { names } from './names.ts';
import { readInput } from './read-input.ts';

/** A bundle as `build` left it, read back. */
export type Built = {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestBytes: Buffer;
  /** Names of the signatures and statements that are there already. */
  readonly signatures: readonly string[];
  /** A small artifact's bytes, as the manifest lists them. */
  bytesOf(name: string): Buffer;
};

/**
 * Reads a bundle back. What is signed or built upon is vouched for, so every file must still be what the manifest says, and
 * nothing else may be there.
 *
 * @throws EvidenceError `evidence.bundle_invalid`
 */
export async function readBuilt(folder: string): Promise<Built> {
  const present = list(folder);
  const manifestBytes = readPlain(folder, names.manifest);
  const manifest = parseManifest(folder, manifestBytes);
  const own = manifest.artifacts.filter((item) => item.from === undefined);
  for (const item of own) await assertUnchanged(folder, item);
  const listed = new Set(own.map(({ name }) => name));
  const foreign = present.find((name) => name !== names.manifest && !listed.has(name) && !name.endsWith('.sigstore.json'));
  if (foreign !== undefined) throw invalid(folder, `\`${foreign}\` is not listed in the manifest`);
  const signatures = present.filter((name) => name.endsWith('.sigstore.json') && !listed.has(name));
  return { folder, manifest, manifestBytes, signatures, bytesOf: (name) => bytesOf(folder, own, name) };
}

/** The digest of the manifest of the release before, and how far its ledger was. @throws EvidenceError */
export function readPreviousManifest(file: string | undefined): { readonly digest: string; readonly ledger: Earlier } | undefined {
  if (file === undefined) return undefined;
  const bytes = readInput('previous manifest', file);
  const { size, root } = parseManifest(file, bytes).ledger;
  return { digest: digestOf(bytes), ledger: { size, root } };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw invalid(folder, messageOf(cause), cause);
  }
}

function readPlain(folder: string, name: string): Buffer {
  assertPlain(folder, name);
  return readInput('file', join(folder, name));
}

function assertPlain(folder: string, name: string): void {
  const stat = name.includes('/') ? undefined : lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw invalid(folder, `\`${name}\` is not a file in it`);
}

async function assertUnchanged(folder: string, { name, sha256 }: ArtifactRecord): Promise<void> {
  assertPlain(folder, name);
  if ((await hexDigestOfFile(join(folder, name))) !== sha256) throw invalid(folder, `\`${name}\` is not the file that the manifest lists`);
}

/** Read when it is needed and checked again: large items are never in memory. */
function bytesOf(folder: string, own: readonly ArtifactRecord[], name: string): Buffer {
  const record = own.find((item) => item.name === name);
  const bytes = record === undefined ? undefined : readPlain(folder, name);
  if (bytes === undefined || hexDigest(bytes) !== record?.sha256) throw invalid(folder, `it has no \`${name}\` as its manifest lists it`);
  return bytes;
}

function parseManifest(where: string, bytes: Buffer): Manifest {
  try {
    if (bytes.at(-1) !== 0x0a) throw new Error('its last line has no end');
    return manifestSchema.parse(parseCanonical(bytes.subarray(0, -1)));
  } catch (cause) {
    throw invalid(where, `its manifest is not one that \`ig-evidence build\` wrote: ${messageOf(cause)}`, cause);
  }
}

function invalid(folder: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.bundle_invalid', `\`${folder}\` is not a bundle as it was built: ${why}`, {
    cause,
    remedy: 'build the bundle again into a new folder',
  });
}
