import { EvidenceError } from '../errors.ts';
import { names } from '../names.ts';
import type { Built } from '../read-built.ts';
import { statementsOf } from '../statements.ts';
import { furtherSignature, places, signersOf } from './further.ts';
import type { Signer } from './signer.ts';

/** One signature that is to be made, and the file that it is for. */
export type Task = { readonly name: string; sign(): Promise<Buffer> };

/**
 * Every signature of a bundle that has none.
 *
 * @throws EvidenceError `evidence.already_signed`, `evidence.bundle_invalid`
 */
export function allSignatures(built: Built, signer: Signer): Task[] {
  if (isSigned(built)) {
    throw new EvidenceError('evidence.already_signed', `\`${built.folder}\` is signed already`, {
      remedy: '`ig-evidence pack` makes its archive and --add adds a signature; to sign it anew, remove its *.sigstore.json files first',
    });
  }
  const statements = statementsOf(built).map(({ file, statement }) => ({ name: file, sign: () => signer.signStatement(statement) }));
  // Last, so that a bundle with this file is completely signed even if the machine stopped in between.
  const tasks = [...statements, { name: names.manifestSignature, sign: () => signer.signBlob(built.manifestBytes) }];
  assertPlaces(
    built,
    tasks.map(({ name }) => name),
  );
  return tasks;
}

/**
 * One more signature over the manifest of a signed bundle.
 *
 * @throws EvidenceError `evidence.not_signed`, `evidence.already_signed`, `evidence.signatures_full`, `evidence.bundle_invalid`
 */
export function oneMore(built: Built, signer: Signer): Task[] {
  if (!isSigned(built)) {
    throw new EvidenceError('evidence.not_signed', `\`${built.folder}\` is not signed yet: there is nothing to add a signature to`, {
      remedy: 'sign it without --add',
    });
  }
  if (signersOf(built).has(signer.name)) {
    throw new EvidenceError('evidence.already_signed', `\`${signer.name}\` has signed \`${built.folder}\` already`, {
      remedy: 'add the signature of somebody else: one signer counts once',
    });
  }
  return [{ name: furtherSignature(built), sign: () => signer.signBlob(built.manifestBytes) }];
}

function isSigned({ signatures }: Built): boolean {
  return signatures.includes(names.manifestSignature);
}

/**
 * An item called `manifest` or `manifest.2` would have its statement where a signature of the manifest belongs, and a statement
 * about no item of this bundle would make all of it fail to verify.
 */
function assertPlaces({ folder, signatures }: Built, files: readonly string[]): void {
  const taken = files.find((name, index) => files.indexOf(name) !== index || places.includes(name));
  const foreign = signatures.find((name) => !files.includes(name) && !places.includes(name));
  if (taken === undefined && foreign === undefined) return;
  const why =
    taken === undefined ? `\`${foreign}\` is about no item of it` : `an item's statement would be \`${taken}\`, which has a meaning`;
  throw new EvidenceError('evidence.bundle_invalid', `\`${folder}\` cannot be signed: ${why}`, {
    remedy: taken === undefined ? 'remove that file' : 'build it again with another name for that item',
  });
}
