import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { MANIFEST } from './names.ts';
import type { Report, Signature } from './report.ts';
import type { Signers } from './signers/index.ts';
import { policySchema } from './signers/policy-schema.ts';

export type CosignRequest = {
  readonly report: Report;
  /** Where the bundle is. */
  readonly bundle: string;
  readonly signers: Signers;
  /** The file that the signers are from: paths in it are relative to it. */
  readonly policyFile?: string | undefined;
};

/**
 * What a shell takes so that stock cosign (2.5 or newer, 3.x) verifies each signature of the bundle, with no network. Of what is no
 * bundle there are no commands: stock tar would unpack anything.
 */
export function cosignCommands({ report, bundle, signers, policyFile }: CosignRequest): string[] {
  const refused = report.checks.filter(({ check, ok }) => !ok && /^((archive|files)\.|manifest\.form$)/.test(check));
  if (refused.length > 0) return [`# none: ${refused.map(({ check }) => check).join(', ')} failed`];
  const path = quoted(resolve(bundle));
  const isFolder = statSync(bundle).isDirectory();
  const enter = isFolder ? [`cd ${path}`] : [`tar -xzf ${path}`, `cd ${quoted(`evidence-${report.release}`)}`];
  const places = policyFile === undefined ? { base: '.', trustedRoot: undefined } : placesIn(policyFile);
  return [...enter, ...report.signatures.map((signature) => commandFor(signature, signers, places))];
}

type Places = { readonly base: string; readonly trustedRoot: string | undefined };

function placesIn(policyFile: string): Places {
  const parsed = policySchema.safeParse(parse(readFileSync(policyFile, 'utf8')));
  return { base: dirname(policyFile), trustedRoot: parsed.data?.signers.trustedRoot };
}

function commandFor({ file, predicateType, signer }: Signature, signers: Signers, places: Places): string {
  const trust = signer === null ? undefined : trustIn(signer, signers, places);
  if (trust === undefined) return `# ${file}: of nobody who is trusted here`;
  const verb = predicateType === null ? 'verify-blob' : 'verify-blob-attestation';
  const type = predicateType === null ? [] : ['--type', quoted(predicateType)];
  return ['cosign', verb, '--new-bundle-format', '--bundle', quoted(file), ...trust, ...type, MANIFEST].join(' ');
}

type Signer = NonNullable<Signature['signer']>;

function trustIn({ name, label }: Signer, { keys, identities }: Signers, { base, trustedRoot }: Places): string[] | undefined {
  const key = keys.get(name);
  if (key !== undefined) return ['--trusted-root', 'empty-root.json', '--key', quoted(resolve(base, key.file)), '--insecure-ignore-tlog'];
  const issuer = identities.find((identity) => identity.name === name)?.issuer;
  if (issuer === undefined || trustedRoot === undefined) return undefined;
  // The label is `<subject> of <issuer>`: of a pattern it says which subject it was.
  const subject = label.slice(0, -` of ${issuer}`.length);
  const identity = ['--certificate-identity', quoted(subject), '--certificate-oidc-issuer', quoted(issuer)];
  return ['--trusted-root', quoted(resolve(base, trustedRoot)), ...identity];
}

/** One word of a POSIX shell. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
