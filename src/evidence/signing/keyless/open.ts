import type { Bundle } from '@sigstore/bundle';
import { EvidenceError } from '../../errors.ts';
import type { Signer } from '../signer.ts';
import { blobBundle, bundleFile, payloadOf, statementBundle } from '../sigstore-bundle.ts';
import { asked } from './asked.ts';
import { type Credential, certify } from './certificate.ts';
import { type KeylessRequest, servicesOf } from './services.ts';
import { readToken } from './token.ts';
import { type Witnesses, witnessesOf } from './witnesses.ts';

/** A certificate with less left to live might end between the signature and the log's entry. */
const MARGIN_MILLISECONDS = 60_000;

/**
 * Signs without a key of one's own: a certificate for a key in memory, an entry in the log for each signature. One certificate
 * serves for a whole bundle; it is renewed when it nears its end.
 *
 * @throws EvidenceError `evidence.service_malformed`, `evidence.identity_missing`, `evidence.identity_malformed`, `evidence.keyless_failed`
 */
export async function openKeyless(request: KeylessRequest): Promise<Signer> {
  const services = servicesOf(request);
  const renew = async () => certify(services.fulcio, await readToken(request.identityToken));
  const first = await renew();
  const credentials = renewing(first, renew);
  const witnesses = witnessesOf(services);
  return {
    name: first.name,
    signBlob: async (bytes) => {
      const credential = await credentials();
      return witnessed(blobBundle(bytes, madeBy(credential, bytes)), credential, witnesses);
    },
    signStatement: async (statement) => {
      const { payload, toSign } = payloadOf(statement);
      const credential = await credentials();
      return witnessed(statementBundle(payload, madeBy(credential, toSign)), credential, witnesses);
    },
  };
}

function madeBy({ sign, der }: Credential, data: Uint8Array) {
  return { signature: sign(data), certificate: der };
}

function renewing(first: Credential, renew: () => Promise<Credential>): () => Promise<Credential> {
  let current = first;
  return async () => {
    if (current.validUntil.getTime() - Date.now() > MARGIN_MILLISECONDS) return current;
    current = await renew();
    if (current.name === first.name) return current;
    throw new EvidenceError('evidence.keyless_failed', `the identity changed from \`${first.name}\` to \`${current.name}\``, {
      remedy: 'sign again as one of them; nothing was signed',
    });
  };
}

/** The envelope is finished before it is witnessed: what the log saw is what is in the file. */
async function witnessed(bundle: Bundle, { pem }: Credential, witnesses: Witnesses): Promise<Buffer> {
  const seen = await witnesses(bundle.content, pem);
  const verificationMaterial = {
    ...bundle.verificationMaterial,
    tlogEntries: seen.flatMap(({ tlogEntries = [] }) => tlogEntries),
    timestampVerificationData: { rfc3161Timestamps: seen.flatMap(({ rfc3161Timestamps = [] }) => rfc3161Timestamps) },
  };
  return asked('the log', async () => bundleFile({ ...bundle, verificationMaterial }));
}
