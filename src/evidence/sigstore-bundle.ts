import { type Bundle, bundleToJSON, toDSSEBundle, toMessageSignatureBundle } from '@sigstore/bundle';
import { canonicalBytes, type Json, type JsonObject, sha256 } from '../core/index.ts';
import { canonicalFile } from './artifact.ts';
import type { SigningKey } from './keys/signing-key.ts';

const IN_TOTO = 'application/vnd.in-toto+json';

/** A sigstore bundle v0.3 with a signature over some bytes. */
export function signBlob(key: SigningKey, bytes: Buffer): Buffer {
  return serialise(toMessageSignatureBundle({ digest: sha256(bytes), signature: key.sign(bytes), keyHint: key.hint }));
}

/** A sigstore bundle v0.3 around a DSSE envelope with an in-toto statement. */
export function signStatement(key: SigningKey, statement: JsonObject): Buffer {
  const artifact = canonicalBytes(statement);
  const signature = key.sign(preAuthEncoding(IN_TOTO, artifact));
  const bundle = toDSSEBundle({ artifact, artifactType: IN_TOTO, signature, keyHint: key.hint });
  const { dsseEnvelope } = bundle.content;
  // The library copies the hint into the envelope, and cosign then looks for a key of that id and finds none.
  const signatures = dsseEnvelope.signatures.map(({ sig }) => ({ sig, keyid: '' }));
  return serialise({ ...bundle, content: { $case: 'dsseEnvelope', dsseEnvelope: { ...dsseEnvelope, signatures } } });
}

/** DSSE v1 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md): "DSSEv1" SP len SP type SP len SP payload. */
function preAuthEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function serialise(bundle: Bundle): Buffer {
  // Through text: the object still has keys whose value is undefined.
  const json: Json = JSON.parse(JSON.stringify(bundleToJSON(bundle)));
  return canonicalFile(json);
}
