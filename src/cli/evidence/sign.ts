import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { messageOf } from '../../core/index.ts';
import { openSigner, type Packed, packBundle, type SignedBundle, type SignerRequest, signBundle } from '../../evidence/index.ts';
import { CliError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { printFacts, printJson } from './output.ts';

type Options = {
  key?: string;
  keyless?: boolean;
  identityToken?: string;
  fulcioUrl?: string;
  rekorUrl?: string;
  tsaUrl?: string;
  add?: boolean;
  json?: boolean;
};

export function signCommand(): Command {
  return new Command('sign')
    .description('sign a bundle: all of it or nothing; the same key file gives the same bytes')
    .argument('<dir>', 'what `ig-evidence build` wrote')
    .option(
      '--key <file|exec:program>',
      "PKCS#8 PEM, or cosign's encrypted key with its password in COSIGN_PASSWORD; or a program that signs",
    )
    .option('--keyless', 'sign as an identity: GitHub Actions, SIGSTORE_ID_TOKEN or --identity-token')
    .option('--identity-token <file>', 'an OpenID Connect token for the audience `sigstore`')
    .option('--fulcio-url <url>', 'your own certificate authority; with --rekor-url. Default: the public good instance')
    .option('--rekor-url <url>', 'your own transparency log; with --fulcio-url')
    .option('--tsa-url <url>', 'a timestamp authority that witnesses each signature as well')
    .option('--add', 'add a further signature over the manifest of a signed bundle')
    .option('--json', 'print the result as JSON')
    .action((folder: string, options: Options) => interruptible((signal) => sign(folder, options, signal)));
}

async function sign(folder: string, { add, json, ...options }: Options, signal: AbortSignal): Promise<void> {
  const signer = await openSigner({ ...requestOf(options), signal });
  const progress = progressOn(process.stderr);
  // A key file signs faster than a bar can be read.
  const onProgress = options.keyless === true || options.key?.startsWith('exec:') ? progress.tell : undefined;
  const signed = await signBundle({ folder, signer, add, signal, onProgress }).finally(progress.end);
  const archive = await packBundle(signed.folder, undefined, { signal });
  if (json === true) printJson({ ...signed, archive });
  else show(signed, archive);
}

/** Public services are asked only where `--keyless` says so. */
function requestOf({ key, keyless = false, identityToken, ...services }: Omit<Options, 'add' | 'json'>): SignerRequest {
  if ((key !== undefined) === keyless) throw unclear('say who signs, one of --key and --keyless');
  if (key === undefined) return { keyless: { ...services, identityToken: tokenOf(identityToken) } };
  if (identityToken !== undefined || Object.values(services).some((url) => url !== undefined))
    throw unclear('--identity-token, --fulcio-url, --rekor-url and --tsa-url go with --keyless');
  return { key, password: readEnv().secret('COSIGN_PASSWORD') };
}

function tokenOf(file: string | undefined): string | undefined {
  if (file === undefined) return readEnv().secret('SIGSTORE_ID_TOKEN');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError('cli.invalid_option', `cannot read the identity token \`${file}\`: ${messageOf(error)}`, {
      remedy: 'correct --identity-token; nothing was signed',
    });
  }
}

function unclear(what: string): CliError {
  return new CliError('cli.invalid_option', what, { remedy: 'see `ig-evidence sign --help`; nothing was signed' });
}

function show(signed: SignedBundle, archive: Packed): void {
  printFacts([
    ['release', signed.release],
    ['signer', signed.signer],
    ...signed.files.map((file): [string, string] => ['signed', file]),
    ['archive', `${archive.file} (${archive.size} bytes)`],
    ['sha256', archive.sha256],
    ['next', `ig-evidence verify ${signed.folder} --key <public key> --ledger-key <verifier key>`],
  ]);
}
