import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { bundleToJSON } from '@sigstore/bundle';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA, rekorHandler, tsaHandler } from '@sigstore/mock';
import { FulcioSigner, MessageSignatureBundleBuilder, RekorWitness } from '@sigstore/sign';
import { SignJWT } from 'jose';

export type Identity = { readonly issuer: string; readonly subject: string };

export type SigstoreOptions = {
  /** When the authority believes that it is: its certificates are valid for ten minutes from then. */
  readonly certificatesAt?: Date;
  /** When the log believes that it is. */
  readonly loggedAt?: Date;
  /** Whether no log of certificates sees them. */
  readonly unseen?: boolean;
  /** Whether a request fails, by its path and how many came to that path before. */
  readonly refuse?: (path: string, before: number) => boolean;
};

/** A sigstore of one's own: a certificate authority, a transparency log and a timestamp authority that answer over HTTP, and the root that trusts them. */
export type Sigstore = {
  readonly url: string;
  /** JSON, as `policy.trust.trustedRoot` names it. */
  readonly trustedRoot: string;
  /** Paths that were asked for, in their order. */
  readonly requests: readonly string[];
  token(identity: Identity): Promise<string>;
  /** Signs bytes as somebody whom an issuer named, without a key of their own; a sigstore bundle. */
  sign(bytes: Buffer, identity: Identity): Promise<Buffer>;
  close(): void;
};

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const day = 86_400_000;

export async function startSigstore({
  certificatesAt,
  loggedAt,
  unseen = false,
  refuse = () => false,
}: SigstoreOptions = {}): Promise<Sigstore> {
  const ctlog = await initializeCTLog(p256());
  const ca = await initializeCA(p256(), unseen ? undefined : ctlog, certificatesAt);
  const tsa = await initializeTSA(p256(), nextMinute());
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const before = requests.filter((earlier) => earlier === path).length;
    requests.push(path);
    const handler = refuse(path, before) ? undefined : handlers.find((item) => item.path === path);
    void text(request)
      .then((body) => handler?.fn(asLogged(path, body)))
      .then((answer) => {
        response.writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'application/json' });
        response.end(typeof answer?.response === 'string' ? answer.response : bytesOf(answer?.response));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tlog = await initializeTLog(url, p256(), loggedAt);
  const handlers = [fulcioHandler(ca, { strict: true }), rekorHandler(tlog, { strict: true }), tsaHandler(tsa, { strict: true })];

  const log = (baseUrl: string, publicKey: Uint8Array) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: sinceYesterday },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  });
  const authority = (...certificates: ArrayBufferView[]) => ({
    subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
    uri: url,
    certChain: { certificates: certificates.map((certificate) => ({ rawBytes: base64(certificate) })) },
    validFor: sinceYesterday,
  });
  const trustedRoot = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log(url, tlog.publicKey)],
    ctlogs: [log(url, ctlog.publicKey)],
    certificateAuthorities: [authority(ca.rootCertificate)],
    timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
  });
  return {
    url,
    trustedRoot,
    requests,
    token,
    sign: async (bytes, identity) => {
      const signer = new FulcioSigner({ fulcioBaseURL: url, identityProvider: { getToken: () => token(identity) } });
      const builder = new MessageSignatureBundleBuilder({ signer, witnesses: [new RekorWitness({ rekorBaseURL: url })] });
      return Buffer.from(JSON.stringify(bundleToJSON(await builder.create({ data: bytes }))));
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What an issuer says of somebody. */
function token({ issuer, subject }: Identity): Promise<string> {
  return new SignJWT({ email: subject, email_verified: true })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience('sigstore')
    .sign(p256().privateKey);
}

/** Rekor keeps digests of a proposed `dsse` entry (rekor, pkg/types/dsse/v0.0.1); the mock would log the proposal itself. */
function asLogged(path: string, body: string): string {
  const entry = path === '/api/v1/log/entries' ? JSON.parse(body) : undefined;
  if (entry?.kind !== 'dsse') return body;
  const { envelope, verifiers } = entry.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const hash = (bytes: Uint8Array) => ({ algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') });
  const spec = {
    envelopeHash: hash(Buffer.from(envelope)),
    payloadHash: hash(Buffer.from(payload, 'base64')),
    signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
  };
  return JSON.stringify({ ...entry, spec });
}

/** A whole second: of a time with a fraction that ends in 0, @sigstore/core reads none. Within the life of a certificate made meanwhile. */
function nextMinute(): Date {
  return new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 60_000);
}

const sinceYesterday = { start: new Date(Date.now() - day).toISOString() };

function base64(view: ArrayBufferView): string {
  return bytesOf(view).toString('base64');
}

function bytesOf(view: ArrayBufferView | undefined): Buffer {
  return view === undefined ? Buffer.alloc(0) : Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
