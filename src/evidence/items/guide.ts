import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../config/index.ts';
import { type Artifact, canonicalFile } from '../artifact.ts';
import { names, predicateTypes, statementFile } from '../names.ts';
import { parseItem, readInput } from '../read-input.ts';

const trustRoot = z.strictObject({
  mediaType: z.string(),
  tlogs: z.tuple([]),
  ctlogs: z.tuple([]),
  certificateAuthorities: z.tuple([]),
  timestampAuthorities: z.tuple([]),
});

/** The empty trust root that stock cosign needs in order to stay off the network. */
export function emptyRootArtifact(): Artifact {
  const text = readInput('empty trust root', join(packageRoot(), 'evidence', names.emptyRoot)).toString('utf8');
  const { mediaType, ...empty } = parseItem('empty trust root', text, trustRoot);
  return { name: names.emptyRoot, bytes: canonicalFile({ mediaType, ...empty }), mediaType };
}

/** How to verify this bundle. Listed in the manifest like any other file, so that nobody can put other commands in it. */
export function guideArtifact(release: string, statements: readonly { readonly name: string; readonly predicateType: string }[]): Artifact {
  const all = [
    ...statements.map((item) => ({ file: statementFile(item.name), type: item.predicateType })),
    { file: names.manifestStatement, type: predicateTypes.manifest },
  ];
  const text = `# How to verify this bundle (${release})

Get the signer's public key (\`cosign.pub\`) and the ledger's verifier key (\`log.vkey\`) from the signer, not from here: a
key that comes with a bundle proves only that the bundle agrees with itself. Put them beside this folder, not into it, and
work in this folder. Nothing below uses the network.

Everything at once (signatures, statements, digests, ledger proofs, decision log):

    ig-evidence verify . --key ../cosign.pub --ledger-key ../log.vkey

The signatures alone with stock cosign (2.5 or newer, 3.x):

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
  return `cosign ${verb} ${options} \\\n      --key ../cosign.pub --insecure-ignore-tlog${predicate} ${names.manifest}`;
}
