import { join } from 'node:path';
import { packageRoot } from '../../config/index.ts';
import type { Artifact } from '../artifact.ts';
import { names, predicateTypes, statementFile } from '../names.ts';
import { readInput } from '../read-input.ts';

/** The empty trust root that stock cosign needs in order to stay off the network. */
export function emptyRootArtifact(): Artifact {
  const bytes = readInput('empty trust root', join(packageRoot(), 'evidence', names.emptyRoot));
  return { name: names.emptyRoot, bytes, mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' };
}

/** How to verify this bundle. Listed in the manifest like any other file, so that nobody can put other commands in it. */
export function guideArtifact(release: string, statements: readonly { readonly name: string; readonly predicateType: string }[]): Artifact {
  const all = [
    ...statements.map((item) => ({ file: statementFile(item.name), type: item.predicateType })),
    { file: names.manifestStatement, type: predicateTypes.manifest },
  ];
  const text = `# How to verify this bundle (${release})

Get the signer's public key (\`cosign.pub\`) and the ledger's verifier key (\`log.vkey\`) from the signer, not from here:
a key that comes with a bundle proves only that the bundle agrees with itself. Nothing below uses the network.

Everything at once (signatures, statements, digests, ledger proofs, decision log), from the folder above this one:

    ig-evidence verify <this folder> --key cosign.pub --ledger-key log.vkey

The signatures alone with stock cosign (2.5 or newer, 3.x), in this folder:

    ${command('verify-blob', names.manifestSignature)}

${all.map(({ file, type }) => `    ${command('verify-blob-attestation', file, type)}`).join('\n\n')}

cosign says that \`manifest.json\` is what was signed. That the other files are the ones it lists:

    node -e 'for (const a of JSON.parse(require("fs").readFileSync("manifest.json")).artifacts) console.log(a.sha256 + "  " + a.name)' | sha256sum -c
`;
  return { name: names.guide, bytes: Buffer.from(text), mediaType: 'text/markdown; charset=utf-8' };
}

function command(verb: string, bundle: string, type?: string): string {
  const options = `--new-bundle-format --trusted-root ${names.emptyRoot} --bundle ${bundle}`;
  const predicate = type === undefined ? '' : ` --type ${type}`;
  return `cosign ${verb} ${options} \\\n      --key cosign.pub --insecure-ignore-tlog${predicate} ${names.manifest}`;
}
