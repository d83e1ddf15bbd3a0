import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { X509Certificate as FulcioCertificate } from '@sigstore/core';
import { FulcioSigner } from '@sigstore/sign';
import { asked } from './asked.ts';
import { network } from './services.ts';

/** A key that lives in memory only, and the certificate that says whose it is. */
export type Credential = {
  /** `<issuer> <subject>`. */
  readonly name: string;
  readonly pem: string;
  readonly der: Buffer;
  readonly validUntil: Date;
  sign(data: Uint8Array): Buffer;
};

/** Has Fulcio certify a new key. @throws EvidenceError `evidence.keyless_failed` */
export function certify(fulcioUrl: string, token: string): Promise<Credential> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const made = (data: Uint8Array) => sign('sha256', data, privateKey);
  const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const keyHolder = {
    sign: async (data: Buffer) => ({ signature: made(data), key: { $case: 'publicKey' as const, publicKey: publicKeyPem } }),
  };
  const fulcio = new FulcioSigner({ fulcioBaseURL: fulcioUrl, identityProvider: { getToken: async () => token }, keyHolder, ...network });
  return asked(`Fulcio at \`${fulcioUrl}\``, async () => {
    // It signs something once and asks for a certificate every time: one certificate then serves for all that we sign ourselves.
    const { key } = await fulcio.sign(Buffer.alloc(0));
    if (key.$case !== 'x509Certificate') throw new Error('it gave no certificate');
    return { ...describe(key.certificate, privateKey), sign: made };
  });
}

function describe(pem: string, privateKey: KeyObject): Omit<Credential, 'sign'> {
  const certificate = new X509Certificate(pem);
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('its certificate is of another key');
  return { name: nameIn(pem), pem, der: certificate.raw, validUntil: certificate.validToDate };
}

/** Issuer and subject as the verifier reads them: OID 1.3.6.1.4.1.57264.1.8, a DER string, and the subject's alternative name. */
export function nameIn(certificate: string | Buffer<ArrayBuffer>): string {
  const parsed = FulcioCertificate.parse(certificate);
  const issuer = parsed.extension('1.3.6.1.4.1.57264.1.8')?.valueObj.subs[0]?.value.toString('utf8');
  if (issuer === undefined || parsed.subjectAltName === undefined) throw new Error('the certificate names no issuer or no subject');
  return `${issuer} ${parsed.subjectAltName}`;
}
