import type { Manifest } from '../manifest.ts';
import { names, predicateTypes, statementFile } from '../names.ts';

/** A signature that the bundle will have, and what stock cosign must be told to verify it. */
export type Signature = { readonly file: string; readonly predicateType: string | null };

/** Every signature that signing will add, first the one over the manifest itself. */
export function signaturesOf({ artifacts }: Pick<Manifest, 'artifacts'>): Signature[] {
  const statements = artifacts.flatMap(({ name, predicateType, from }) =>
    predicateType === undefined || from !== undefined ? [] : [{ file: statementFile(name), predicateType }],
  );
  return [
    { file: names.manifestSignature, predicateType: null },
    { file: names.manifestStatement, predicateType: predicateTypes.manifest },
    ...statements,
  ];
}

/** The command by which stock cosign verifies one signature of a key, offline, in the bundle's folder. */
export function cosignCommand({ file, predicateType }: Signature): string {
  const verb = predicateType === null ? 'verify-blob' : 'verify-blob-attestation';
  const type = predicateType === null ? '' : ` --type ${predicateType}`;
  const options = `--new-bundle-format --trusted-root ${names.emptyRoot} --bundle ${file}`;
  return `cosign ${verb} ${options} \\\n      --key ../cosign.pub --insecure-ignore-tlog${type} ${names.manifest}`;
}

/** The command that verifies everything, in the bundle's folder. A delta needs every bundle of its line, the newest first. */
export function verifyCommand({ parent }: Pick<Manifest, 'parent'>): string {
  const before = Array.from({ length: parent?.number ?? 0 }, (_, number) => ` --parent ../parent-${number}`).toReversed();
  return `ig-evidence verify . --key ../cosign.pub --ledger-key ../log.vkey${before.join('')}`;
}

/** How to verify this bundle. Listed in the manifest like any other file, so that nobody can put other commands in it. */
export function guideText(manifest: Manifest): string {
  const { release, parent } = manifest;
  return `# How to verify this bundle (${release}${parent === null ? '' : `, delta ${parent.number}`})

Get the signer's public key (\`cosign.pub\`) and the ledger's verifier key (\`log.vkey\`) from the signer, not from here: a
key that comes with a bundle proves only that the bundle agrees with itself. Put them beside this folder, not into it, and
work in this folder. Nothing below uses the network.
${parent === null ? '' : aboutLine(parent)}
Everything at once (signatures, statements, digests, contract, ledger):

    ${verifyCommand(manifest)}

The signatures alone with stock cosign (2.5 or newer, 3.x):

${signaturesOf(manifest)
  .map((signature) => `    ${cosignCommand(signature)}`)
  .join('\n\n')}

Where it is signed without a key, by an identity, replace \`--key ../cosign.pub --insecure-ignore-tlog\` by
\`--certificate-identity <who> --certificate-oidc-issuer <issuer>\`, and \`${names.emptyRoot}\` by the trusted root of that sigstore.

cosign says that \`manifest.json\` is what was signed. That the other files are the ones it lists:

    node -e 'for (const a of JSON.parse(require("fs").readFileSync("manifest.json")).artifacts) if (!a.from) console.log(a.sha256 + "  " + a.name)' | sha256sum -c
`;
}

function aboutLine({ manifest, number }: NonNullable<Manifest['parent']>): string {
  return `
This is a delta: the items that it does not change are in the bundles before it, all of which are needed. Put their folders
beside this one: \`parent-0\`, the bundle without a parent, and each delta of it by its number. The one that this delta
changes is \`parent-${number - 1}\`; its manifest has the digest ${manifest}.
`;
}
