import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { isJsonObject } from '../../core/index.ts';
import { DevIssuerError } from './errors.ts';
import { devAlgorithm } from './token-claims.ts';

export type DevKeys = { readonly keys: readonly [JWK, ...JWK[]] };

/** The dev issuer's private keys, made when there are none. Of two starters that race, one makes them and both use them. */
export async function ensureDevKeys(dataDir: string): Promise<DevKeys> {
  const file = keyFile(dataDir);
  const text = await readIfThere(file);
  if (text !== undefined) return parse(file, text);
  await createOnce(file, JSON.stringify({ keys: [await newKey()] }));
  return readDevKeys(dataDir);
}

/** @throws DevIssuerError `auth.dev_key_missing` before the first start of the dev issuer; `auth.dev_key_invalid`. */
export async function readDevKeys(dataDir: string): Promise<DevKeys> {
  const file = keyFile(dataDir);
  const text = await readIfThere(file);
  if (text !== undefined) return parse(file, text);
  throw new DevIssuerError('auth.dev_key_missing', `there is no dev key at \`${file}\``, {
    remedy: 'start the gateway once in development mode, without a configured issuer: it makes the key',
  });
}

function keyFile(dataDir: string): string {
  return join(dataDir, 'dev-issuer', 'jwks.json');
}

/** A link is made whole or not at all, and never over a file that is there. */
async function createOnce(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  } finally {
    await rm(draft);
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(devAlgorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: devAlgorithm, use: 'sig' };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}

function parse(file: string, text: string): DevKeys {
  try {
    const value: unknown = JSON.parse(text);
    if (isDevKeys(value)) return value;
    throw new TypeError('no private key in it');
  } catch (cause) {
    throw new DevIssuerError('auth.dev_key_invalid', `\`${file}\` holds no usable dev key`, {
      cause,
      remedy: 'delete the file; the next start makes a new one',
    });
  }
}

function isDevKeys(value: unknown): value is DevKeys {
  if (!isJsonObject(value) || !Array.isArray(value['keys']) || value['keys'].length === 0) return false;
  return value['keys'].every((key: unknown) => isJsonObject(key) && ['kty', 'kid', 'd'].every((name) => typeof key[name] === 'string'));
}
