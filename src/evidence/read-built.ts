import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, messageOf, parseCanonical } from '../core/index.ts';
import { hexDigest } from './artifact.ts';
import { EvidenceError } from './errors.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { names } from './names.ts';
import { readInput } from './read-input.ts';

/** A bundle as `build` left it, read back. */
export type Built = { readonly manifest: Manifest; readonly manifestBytes: Buffer; bytesOf(name: string): Buffer };

/**
 * Reads a bundle in order to sign it. What is signed is vouched for, so every file must still be what the manifest says, and
 * nothing else may be there.
 *
 * @param state whether it must be signed already, for a further signature, or must not be
 * @throws EvidenceError `evidence.bundle_invalid`, `evidence.already_signed`, `evidence.not_signed`
 */
export function readBuilt(folder: string, state: { readonly signed: boolean } = { signed: false }): Built {
  const present = list(folder);
  assertState(folder, present.includes(names.manifestSignature), state.signed);
  const manifestBytes = readPlain(folder, names.manifest);
  const manifest = parseManifest(folder, manifestBytes);
  const files = new Map(manifest.artifacts.map((item) => [item.name, readPlain(folder, item.name)]));
  for (const { name, sha256 } of manifest.artifacts) {
    if (hexDigest(bytesIn(files, name)) !== sha256) throw invalid(folder, `\`${name}\` is not the file that the manifest lists`);
  }
  // Statements without the manifest's signature are what an interrupted signing left; they are written anew.
  const foreign = present.find((name) => name !== names.manifest && !files.has(name) && !name.endsWith('.sigstore.json'));
  if (foreign !== undefined) throw invalid(folder, `\`${foreign}\` is not listed in the manifest`);
  return { manifest, manifestBytes, bytesOf: (name) => bytesIn(files, name) };
}

function assertState(folder: string, signed: boolean, expected: boolean): void {
  if (signed === expected) return;
  throw signed
    ? new EvidenceError('evidence.already_signed', `\`${folder}\` is signed already`, {
        remedy: 'add a further signature with --add; or remove its *.sigstore.json files first if it must be signed again',
      })
    : new EvidenceError('evidence.not_signed', `\`${folder}\` is not signed yet, so there is nothing to add a signature to`, {
        remedy: 'sign it without --add',
      });
}

/** The digest of the manifest of the release before. @throws EvidenceError */
export function readPreviousManifest(file: string | undefined): string | null {
  if (file === undefined) return null;
  const bytes = readInput('previous manifest', file);
  parseManifest(file, bytes);
  return digestOf(bytes);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw invalid(folder, messageOf(cause), cause);
  }
}

function readPlain(folder: string, name: string): Buffer {
  const file = join(folder, name);
  const stat = name.includes('/') ? undefined : lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw invalid(folder, `\`${name}\` is not a file in it`);
  return readInput('file', file);
}

function parseManifest(where: string, bytes: Buffer): Manifest {
  try {
    if (bytes.at(-1) !== 0x0a) throw new Error('its last line has no end');
    return manifestSchema.parse(parseCanonical(bytes.subarray(0, -1)));
  } catch (cause) {
    throw invalid(where, `its manifest is not one that \`ig-evidence build\` wrote: ${messageOf(cause)}`, cause);
  }
}

function bytesIn(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const bytes = files.get(name);
  if (bytes === undefined)
    throw new EvidenceError('evidence.bundle_invalid', `the bundle has no \`${name}\``, { remedy: 'build it again' });
  return bytes;
}

function invalid(folder: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.bundle_invalid', `\`${folder}\` is not a bundle to sign: ${why}`, {
    cause,
    remedy: 'build the bundle again into a new folder',
  });
}
