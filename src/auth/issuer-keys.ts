import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { type Clock, isJsonObject } from '../core/index.ts';
import { discoverJwksUri } from './discovery.ts';
import { AuthError } from './errors.ts';
import { fetchJson } from './fetch-json.ts';

const maxAgeMilliseconds = 600_000;
const missCooldownMilliseconds = 30_000;

type KeySet = { readonly find: JWTVerifyGetKey; readonly fetchedAt: number };

/**
 * The keys of one issuer: fetched when first needed, by one request however many callers wait, and again every ten minutes so
 * that a withdrawn key dies. A failed fetch is not kept.
 *
 * A `kid` that is not among them causes one more fetch (the issuer may have rotated), but at most one every 30 seconds: the kid
 * is the caller's word, and whoever invents kids must not make us hammer the issuer. jose's remote set does the same by the
 * system's clock, and without the fetch while the first set is young; tests need ours.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #clock: Clock;
  readonly #fetch: typeof fetch;
  #jwksUri: string | undefined;
  #keys: KeySet | undefined;
  #loading: Promise<KeySet> | undefined;
  #missedAt = Number.NEGATIVE_INFINITY;
  #missFailure: unknown;

  constructor(issuer: string, deps: { clock: Clock; fetch: typeof fetch }) {
    this.#issuer = issuer;
    this.#clock = deps.clock;
    this.#fetch = deps.fetch;
  }

  /** @throws AuthError `auth.key_unknown`, or `auth.issuer_unavailable` when the keys cannot be had. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = this.#fresh() ?? (await this.#load());
    try {
      return await keys.find(header, token);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown;
    }
    const newer = await this.#afterMiss(keys);
    try {
      return await newer.find(header, token);
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey)) throw cause;
      throw new AuthError('auth.key_unknown', 'the key that the token names is not one of its issuer', { cause });
    }
  };

  #fresh(): KeySet | undefined {
    if (this.#keys === undefined || this.#now() - this.#keys.fetchedAt >= maxAgeMilliseconds) return undefined;
    return this.#keys;
  }

  /** A newer set than `missed` where there is one or one may be fetched, else `missed` itself. */
  async #afterMiss(missed: KeySet): Promise<KeySet> {
    if (this.#keys !== undefined && this.#keys !== missed) return this.#keys;
    if (this.#loading !== undefined) return this.#loading;
    if (this.#now() - this.#missedAt < missCooldownMilliseconds) {
      // The last look failed, so the key may well exist: the caller is not to blame.
      if (this.#missFailure !== undefined) throw this.#missFailure;
      return missed;
    }
    this.#missedAt = this.#now();
    try {
      const keys = await this.#load();
      this.#missFailure = undefined;
      return keys;
    } catch (thrown) {
      this.#missFailure = thrown;
      throw thrown;
    }
  }

  #load(): Promise<KeySet> {
    this.#loading ??= this.#fetchKeys().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetchKeys(): Promise<KeySet> {
    const fetchedAt = this.#now();
    try {
      this.#jwksUri ??= await discoverJwksUri(this.#issuer, this.#fetch);
      const find = createLocalJWKSet(asKeySet(await fetchJson(this.#jwksUri, this.#fetch)));
      this.#keys = { find, fetchedAt };
      return this.#keys;
    } catch (cause) {
      // The keys may have moved: the next attempt asks again where they are.
      this.#jwksUri = undefined;
      throw cause instanceof AuthError
        ? cause
        : new AuthError('auth.issuer_unavailable', 'the keys of the issuer cannot be read', { cause });
    }
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

function asKeySet(value: unknown): JSONWebKeySet {
  if (isKeySet(value)) return value;
  throw new AuthError('auth.issuer_unavailable', 'the keys of the issuer are not a JWK set');
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return isJsonObject(value) && Array.isArray(value['keys']) && value['keys'].every(isJsonObject);
}
