import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { bundleToJSON } from '@sigstore/bundle';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from '@sigstore/mock';
import { FulcioSigner, MessageSignatureBundleBuilder, RekorWitness } from '@sigstore/sign';
import { SignJWT } from 'jose';

/** A sigstore of one's own: a certificate authority and a transparency log that answer over HTTP, and the root that trusts both. */
export type Sigstore = {
  /** JSON, as `policy.trust.trustedRoot` names it. */
  readonly trustedRoot: string;
  /** Signs bytes as somebody whom an issuer named, without a key of their own; a sigstore bundle. */
  sign(bytes: Buffer, identity: { readonly issuer: string; readonly subject: string }): Promise<Buffer>;
  close(): void;
};

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const day = 86_400_000;

export async function startSigstore(): Promise<Sigstore> {
  const ctlog = await initializeCTLog(p256());
  const ca = await initializeCA(p256(), ctlog);
  const server = createServer((request, response) => {
    const handler = handlers.find(({ path }) => path === request.url);
    void text(request)
      .then((body) => handler?.fn(body))
      .then((answer) => {
        response.writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'application/json' });
        response.end(answer?.response);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tlog = await initializeTLog(url, p256());
  const handlers = [fulcioHandler(ca, { strict: true }), rekorHandler(tlog, { strict: true })];

  const log = (baseUrl: string, publicKey: Uint8Array) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: sinceYesterday },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  });
  const trustedRoot = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(url, tlog.publicKey)],
    ctlogs: [log(url, ctlog.publicKey)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: url,
        certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
        validFor: sinceYesterday,
      },
    ],
    timestampAuthorities: [],
  });
  return {
    trustedRoot,
    sign: async (bytes, { issuer, subject }) => {
      const token = await new SignJWT({ email: subject, email_verified: true })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience('sigstore')
        .sign(p256().privateKey);
      const signer = new FulcioSigner({ fulcioBaseURL: url, identityProvider: { getToken: async () => token } });
      const builder = new MessageSignatureBundleBuilder({ signer, witnesses: [new RekorWitness({ rekorBaseURL: url })] });
      return Buffer.from(JSON.stringify(bundleToJSON(await builder.create({ data: bytes }))));
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const sinceYesterday = { start: new Date(Date.now() - day).toISOString() };

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
