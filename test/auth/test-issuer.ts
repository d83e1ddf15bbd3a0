import { createServer } from 'node:http';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { IssuerSettings } from '../../src/config/index.ts';

export const now = '2026-03-02T10:00:00Z';
export const nowSeconds = 1_772_445_600;

export type TestKey = { readonly jwk: JWK; readonly privateKey: CryptoKey; readonly spki: string };

export async function newKey(): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' },
    privateKey,
    spki: await exportSPKI(publicKey),
  };
}

type IssuerState = {
  keys: JWK[];
  jwksStatus: number;
  discoveryStatus: number;
  statedIssuer: string | undefined;
  jwksUri: string | undefined;
  location: string | undefined;
  /** Instead of the documents; `padding` comes after either. */
  body: string | undefined;
  padding: string;
};

/** An issuer on the loopback that counts what is asked of it, and whose answers a test can change. */
export async function startTestIssuer(key: TestKey) {
  const state: IssuerState = {
    keys: [key.jwk],
    jwksStatus: 200,
    discoveryStatus: 200,
    statedIssuer: undefined,
    jwksUri: undefined,
    location: undefined,
    body: undefined,
    padding: '',
  };
  const counts = { discovery: 0, jwks: 0, other: 0 };
  const server = createServer((request, response) => {
    const jwks = request.url === '/jwks';
    const discovery = request.url === '/.well-known/openid-configuration';
    counts[jwks ? 'jwks' : discovery ? 'discovery' : 'other'] += 1;
    const status = jwks ? state.jwksStatus : state.discoveryStatus;
    response.writeHead(status, state.location === undefined ? {} : { location: state.location });
    const document = { issuer: state.statedIssuer ?? url, jwks_uri: state.jwksUri ?? `${url}/jwks` };
    response.end((state.body ?? JSON.stringify(jwks ? { keys: state.keys } : document)) + state.padding);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, state, counts, stop };
}

export function issuerSettings(issuer: string, over: Partial<IssuerSettings> = {}): IssuerSettings {
  return {
    issuer,
    audience: 'countersign',
    algorithms: ['RS256', 'ES256'],
    claims: { tenant: 'tenant', roles: 'roles', purposes: 'purposes', deviceTrust: 'device_trust', sessionRisk: 'session_risk' },
    roles: { oncall: 'responder', admins: 'org-admin', bots: 'release-bot' },
    ...over,
  };
}

/** A token that is right in everything but what a test changes; a claim set to undefined is left away. */
export async function tokenFrom(
  issuer: string,
  key: TestKey,
  claims: { readonly [name: string]: unknown } = {},
  header: { readonly typ: string | undefined } = { typ: 'at+jwt' },
): Promise<string> {
  const { kid } = key.jwk;
  return new SignJWT({
    iss: issuer,
    aud: 'countersign',
    sub: 'ada',
    tenant: 'alpha',
    roles: ['oncall'],
    exp: nowSeconds + 300,
    ...claims,
  })
    .setProtectedHeader({
      alg: 'ES256',
      ...(header.typ === undefined ? {} : { typ: header.typ }),
      ...(kid === undefined ? {} : { kid }),
    })
    .sign(key.privateKey);
}
