import { resolve } from 'node:path';
import { readBuilt } from '../read-built.ts';
import type { Signer } from './signer.ts';
import { allSignatures, oneMore, type Task } from './tasks.ts';
import { unlessAborted } from './unless-aborted.ts';
import { type NamedFile, writeSignatures } from './write-signatures.ts';

export type SignRequest = {
  /** What `buildBundle` wrote. */
  readonly folder: string;
  readonly signer: Signer;
  /** A further signature over the manifest of a bundle that is signed already. */
  readonly add?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number, file: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type SignedBundle = {
  readonly folder: string;
  readonly release: string;
  /** Who signed: a key's hint, or `<issuer> <subject>`. */
  readonly signer: string;
  readonly files: readonly string[];
};

/**
 * Signs a bundle: manifest.json itself and an in-toto statement about each item, as sigstore bundles that stock cosign verifies
 * offline; or adds one signature over manifest.json. The same key file gives the same bytes.
 *
 * @throws EvidenceError; then nothing is signed and no file was left behind
 */
export async function signBundle({ folder, signer, add = false, onProgress, signal }: SignRequest): Promise<SignedBundle> {
  const built = await readBuilt(folder);
  const tasks = add ? oneMore(built, signer) : allSignatures(built, signer);
  const files = await made(tasks, onProgress, signal);
  await writeSignatures(folder, files, { replace: !add, signal });
  return { folder: resolve(folder), release: built.manifest.release, signer: signer.name, files: files.map(({ name }) => name) };
}

/** All of them in memory before the first is written, one after the other: a key program may ask a person each time. */
async function made(tasks: readonly Task[], onProgress: SignRequest['onProgress'], signal: AbortSignal | undefined): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const { name, sign } of tasks) {
    files.push({ name, bytes: await unlessAborted(sign(), signal) });
    onProgress?.(files.length, tasks.length, name);
  }
  return files;
}
