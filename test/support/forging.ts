import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactSign, importJWK } from 'jose';
import { epochSeconds, fixedClock, type JsonObject, tenantId } from '../../src/core/index.ts';
import { disclosed, MasterKeys, Vault } from '../../src/vault/index.ts';
import type { TestGateway } from './countersign.ts';
import { ledgeredInput } from './ledgered.ts';
import { type HeaderLine, postRaw } from './raw-http.ts';
import { mutation, type Payload } from './walk.ts';

/** The clock of a gateway that is attacked: it stands, so that what a policy is given can be compared whole. */
export const clock = fixedClock(new Date().toISOString());
export const zones = [
  { zone: 'office', cidrs: ['203.0.113.0/24', '2001:db8:1::/48'] },
  { zone: 'loopback', cidrs: ['127.0.0.0/8', '::1/128'] },
];
export const input = { key: 'search.index', enabled: true, justification: 'trying what comes through' };
export const operation = { query: mutation('setFlag'), variables: { input } };

/** A token with exactly these claims, signed with the key of the gateway's own issuer. Text is sent as it is. */
export async function signed(gateway: TestGateway, claims: string): Promise<string> {
  const [jwk] = JSON.parse(readFileSync(join(gateway.config.dataDir, 'dev-issuer', 'jwks.json'), 'utf8')).keys;
  return new CompactSign(Buffer.from(claims))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: jwk.kid })
    .sign(await importJWK(jwk, 'RS256'));
}

export const honest = (gateway: TestGateway) => ({
  iss: gateway.running.issuer,
  aud: 'countersign',
  sub: 'sam',
  tenant: 'alpha',
  roles: ['sre'],
  purposes: ['operations'],
  device_trust: 'medium',
  session_risk: 40,
  auth_time: epochSeconds(clock.now()) - 60,
  acr: 'urn:countersign:acr:pwd',
  amr: ['pwd'],
  exp: epochSeconds(clock.now()) + 3_600,
});

type Call = { readonly lines?: readonly HeaderLine[]; readonly token?: string; readonly body?: unknown; readonly path?: string };

export function call(gateway: TestGateway, { lines = [], token = '', body = operation, path = '/graphql' }: Call) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return postRaw(`${gateway.url}${path}`, text, [...lines, ['Authorization', `Bearer ${token}`]]);
}

/** Makes the call with an honest token unless another is given; answers with what the policy was given, and decided. */
export async function decided(gateway: TestGateway, over: Call = {}) {
  const token = over.token ?? (await signed(gateway, JSON.stringify(honest(gateway))));
  const { status, body } = await call(gateway, { ...over, token });
  const { setFlag }: { setFlag: Payload } = Object(Object(body).data);
  if (setFlag === undefined) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { input: await decidedInput(gateway, setFlag.receipt.entryId), decision: setFlag.decision };
}

/** What the policy was given, with what the caller wrote in its place: the commitment to it is another in each entry. */
async function decidedInput(gateway: TestGateway, entryId: string): Promise<JsonObject> {
  const vault = new Vault(MasterKeys.read(join(gateway.config.dataDir, 'vault.keys')));
  const alpha = tenantId('alpha');
  const found = await gateway.database.database.transaction(alpha, (trx) => vault.disclosuresOf(trx, alpha, [entryId]));
  return Object(disclosed(await ledgeredInput(gateway.database, entryId), '/data/input', found.get(entryId) ?? []).value);
}

/** The context of an honest call that no proxy speaks for. */
export const plain = { zone: 'loopback', deviceTrust: 'medium', sessionRisk: 40, channel: 'graphql' };
