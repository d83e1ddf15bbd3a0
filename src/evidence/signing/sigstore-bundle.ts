import {
  assertBundleLatest,
  type Bundle,
  type BundleWithDsseEnvelope,
  type BundleWithMessageSignature,
  bundleToJSON,
  toDSSEBundle,
  toMessageSignatureBundle,
} from '@sigstore/bundle';
import { canonicalBytes, type Json, type JsonObject, sha256 } from '../../core/index.ts';
import { canonicalFile } from '../canonical-file.ts';

const IN_TOTO = 'application/vnd.in-toto+json';

/** A signature (DER, ECDSA over SHA-256) and whose it is: a key by its hint, or a certificate (DER). */
export type Made = { readonly signature: Buffer } & ({ readonly keyHint: string } | { readonly certificate: Buffer });

/** A sigstore bundle v0.3 with a signature over some bytes. */
export function blobBundle(bytes: Uint8Array, made: Made): BundleWithMessageSignature {
  return toMessageSignatureBundle({ digest: sha256(bytes), ...made });
}

/** What a statement's bytes are, and what of them is signed. */
export function payloadOf(statement: JsonObject): { readonly payload: Buffer; readonly toSign: Buffer } {
  const payload = canonicalBytes(statement);
  return { payload, toSign: preAuthEncoding(IN_TOTO, payload) };
}

/** A sigstore bundle v0.3 around a DSSE envelope. */
export function statementBundle(payload: Buffer, made: Made): BundleWithDsseEnvelope {
  const bundle = toDSSEBundle({ artifact: payload, artifactType: IN_TOTO, ...made });
  const { dsseEnvelope } = bundle.content;
  // The library copies the hint into the envelope, and cosign then looks for a key of that id and finds none.
  const signatures = dsseEnvelope.signatures.map(({ sig }) => ({ sig, keyid: '' }));
  return { ...bundle, content: { $case: 'dsseEnvelope', dsseEnvelope: { ...dsseEnvelope, signatures } } };
}

/** The canonical file of a bundle. Throws when a log's entry in it comes without its inclusion proof. */
export function bundleFile(bundle: Bundle): Buffer {
  assertBundleLatest(bundle);
  // Through text: the object still has keys whose value is undefined.
  const json: Json = JSON.parse(JSON.stringify(bundleToJSON(bundle)));
  return canonicalFile(json);
}

/** DSSE v1 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md): "DSSEv1" SP len SP type SP len SP payload. */
function preAuthEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}
