import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, messageOf } from '../../core/index.ts';
import { CliError } from '../errors.ts';

export type LocalFile = { readonly path: string; readonly digest: string; readonly size: number };

/** A bundle in a folder, as it is uploaded. */
export type LocalBundle = {
  /** `sha256:…` of manifest.json. */
  readonly manifest: string;
  /** What no manifest can name. */
  readonly signatures: readonly { readonly name: string; readonly digest: string }[];
  /** Every file that this bundle holds, the manifest last. */
  readonly files: readonly LocalFile[];
};

const listed = z.looseObject({ artifacts: z.array(z.looseObject({ name: z.string(), sha256: z.string(), from: z.string().optional() })) });

/** Verifies nothing: that is for the gateway. @throws CliError `cli.invalid_option` */
export function bundleOf(folder: string): LocalBundle {
  const { bytes, artifacts } = readManifest(folder);
  const here = artifacts.filter(({ from }) => from === undefined);
  const items = here.map(({ name, sha256 }) => fileIn(folder, name, `sha256:${sha256}`));
  const names = readdirSync(folder).filter((name) => name.endsWith('.sigstore.json'));
  const signatures = names.toSorted().map((name) => ({ name, digest: digestOf(readFileSync(join(folder, name))) }));
  const manifest = digestOf(bytes);
  const signed = signatures.map(({ name, digest }) => fileIn(folder, name, digest));
  return { manifest, signatures, files: [...items, ...signed, fileIn(folder, 'manifest.json', manifest)] };
}

function readManifest(folder: string): z.infer<typeof listed> & { bytes: Buffer } {
  try {
    const bytes = readFileSync(join(folder, 'manifest.json'));
    return { ...listed.parse(JSON.parse(bytes.toString('utf8'))), bytes };
  } catch (cause) {
    throw new CliError('cli.invalid_option', `\`${folder}\` is not a bundle: ${messageOf(cause)}`, {
      cause,
      remedy: 'name the folder that holds manifest.json, or the archive of one',
    });
  }
}

function fileIn(folder: string, name: string, digest: string): LocalFile {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== undefined) return { path, digest, size };
  throw new CliError('cli.invalid_option', `\`${path}\` is not there`, { remedy: 'see `ig-evidence verify`; build the bundle again' });
}
