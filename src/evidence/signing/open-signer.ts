import { openKeyProgram } from './exec/key-program.ts';
import { keySigner } from './key-signer.ts';
import { openKeyless } from './keyless/open.ts';
import type { KeylessRequest } from './keyless/services.ts';
import { readSigningKey } from './keys/signing-key.ts';
import type { Signer } from './signer.ts';
import { unlessAborted } from './unless-aborted.ts';

export type KeyRequest = {
  /** A key file, PKCS#8 PEM or cosign's encrypted format; or `exec:PROGRAM`. */
  readonly key: string;
  /** Of an encrypted key file. */
  readonly password?: string | undefined;
};

export type SignerRequest = (KeyRequest | { readonly keyless: KeylessRequest }) & {
  /** Ends a program or a request that somebody no longer waits for. */
  readonly signal?: AbortSignal | undefined;
};

const PROGRAM = 'exec:';

/**
 * Opens what signs: reads the key file, asks the program for its public key, or has a certificate made.
 *
 * @throws EvidenceError saying what is wrong with the key, the program, the identity or a service; never with key material,
 * password or token in the message
 */
export function openSigner(request: SignerRequest): Promise<Signer> {
  return unlessAborted(open(request), request.signal);
}

async function open(request: SignerRequest): Promise<Signer> {
  if ('keyless' in request) return openKeyless(request.keyless);
  const { key, password, signal } = request;
  if (key.startsWith(PROGRAM)) return keySigner(await openKeyProgram(key.slice(PROGRAM.length), signal));
  return keySigner(readSigningKey(key, password));
}
