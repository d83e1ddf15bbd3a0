import { resolve } from 'node:path';
import { EvidenceError } from '../errors.ts';
import { names } from '../names.ts';
import { type Built, readBuilt } from '../read-built.ts';
import { statementsOf } from '../statements.ts';
import { furtherSignature, signersOf } from './further.ts';
import type { Signer } from './signer.ts';
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
  assertState(built, add);
  const tasks = add ? [further(built, signer)] : everything(built, signer);
  const files = await made(tasks, onProgress, signal);
  await writeSignatures(folder, files, { replace: !add, signal });
  return { folder: resolve(folder), release: built.manifest.release, signer: signer.name, files: files.map(({ name }) => name) };
}

type Task = { readonly name: string; sign(): Promise<Buffer> };

/** The manifest's own signature last, so that a bundle with this file is completely signed even if the machine stopped in between. */
function everything(built: Built, signer: Signer): Task[] {
  const statements = statementsOf(built).map(({ file, statement }) => ({ name: file, sign: () => signer.signStatement(statement) }));
  return [...statements, { name: names.manifestSignature, sign: () => signer.signBlob(built.manifestBytes) }];
}

function further(built: Built, signer: Signer): Task {
  if (signersOf(built).has(signer.name)) {
    throw new EvidenceError('evidence.already_signed', `\`${signer.name}\` has signed \`${built.folder}\` already`, {
      remedy: 'add the signature of somebody else: one signer counts once',
    });
  }
  return { name: furtherSignature(built), sign: () => signer.signBlob(built.manifestBytes) };
}

function assertState({ folder, signatures }: Built, add: boolean): void {
  const signed = signatures.includes(names.manifestSignature);
  if (signed && !add) {
    throw new EvidenceError('evidence.already_signed', `\`${folder}\` is signed already`, {
      remedy: '`ig-evidence pack` makes its archive and --add adds a signature; to sign it anew, remove its *.sigstore.json files first',
    });
  }
  if (signed || !add) return;
  throw new EvidenceError('evidence.not_signed', `\`${folder}\` is not signed yet: there is nothing to add a signature to`, {
    remedy: 'sign it without --add',
  });
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
