import type { Signer } from './signer.ts';
import { blobBundle, bundleFile, payloadOf, statementBundle } from './sigstore-bundle.ts';

/** A P-256 key, wherever it is. */
export type SignatureMaker = {
  /** base64 of SHA-256 over the SubjectPublicKeyInfo: the hint by which sigstore bundles name a key. */
  readonly hint: string;
  /** DER, ECDSA over SHA-256. */
  sign(data: Uint8Array): Buffer | Promise<Buffer>;
};

/** Signs with a key alone: no log, no authority, no timestamp, so nothing is asked of a network. */
export function keySigner({ hint, sign }: SignatureMaker): Signer {
  const made = async (data: Uint8Array) => ({ signature: await sign(data), keyHint: hint });
  return {
    name: hint,
    signBlob: async (bytes) => bundleFile(blobBundle(bytes, await made(bytes))),
    signStatement: async (statement) => {
      const { payload, toSign } = payloadOf(statement);
      return bundleFile(statementBundle(payload, await made(toSign)));
    },
  };
}
