import { Places, type TenantId, Turnstile } from '../core/index.ts';
import { CatalogError } from './errors.ts';
import type { StoredSource } from './source.ts';

/** What a verification came to: the names of the checks that failed, each once, in order; none: the bundle verifies. */
export type Verified = { readonly failed: readonly string[] };

export type VerifyAsked = {
  readonly tenant: TenantId;
  /** What it must be: `sha256:…` of its manifest, and the release that it is of. */
  readonly manifest: string;
  readonly release: string;
  readonly bundle: StoredSource;
  /** Of a delta: what it changes, then what that changes, and so on. */
  readonly parents: readonly StoredSource[];
  /** `manifest.json` of the release before, where the catalog has it. */
  readonly previous: Buffer | undefined;
};

/** Verifies under the policy that the configuration names. Never throws for what a bundle is. */
export type Verifier = {
  /** Only whether they signed it who are trusted: before anything else is read of what anybody may have sent. */
  signatures(tenant: TenantId, bundle: StoredSource): Promise<Verified>;
  /** All of it. */
  bundle(asked: VerifyAsked): Promise<Verified>;
};

/** How long it is believed that a bundle verifies: keys are revoked and bundles age meanwhile. */
const VALID_MILLISECONDS = 10 * 60_000;
/** A verification reads all of a bundle: so many at once in one process, and fewer of one tenant; the others wait. */
const atOnce = { all: 3, each: 2 };
/** Callers that wait for one: each holds a place among the actions under way, which others need as well. */
const callers = { all: 32, each: 6 };
const MAX_REMEMBERED = 1_000;

/**
 * Verifications of one process: each bundle once in a while, callers that come together share one, and only a few run at a time, never all
 * of them of one tenant.
 */
export class Verifications {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Verified>>();
  readonly #callers = new Places(callers);
  readonly #turns = new Turnstile(atOnce.all);
  readonly #turnsOf = new Map<TenantId, Turnstile>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param name of exactly the files that are looked at, and whose they are
   * @throws CatalogError `evidence.busy`; whatever `verify` throws
   */
  async of(tenant: TenantId, name: string, verify: () => Promise<Verified>): Promise<Verified> {
    if ((this.#until.get(name) ?? 0) > this.#now()) return { failed: [] };
    const leave = this.#callers.take(tenant);
    if (leave === undefined) throw busy();
    try {
      const verified = await (this.#underWay.get(name) ?? this.#begin(tenant, name, verify));
      if (verified.failed.length === 0) this.#remember(name);
      return verified;
    } finally {
      leave();
    }
  }

  #begin(tenant: TenantId, name: string, verify: () => Promise<Verified>): Promise<Verified> {
    const own = this.#turnsOf.get(tenant) ?? new Turnstile(atOnce.each);
    this.#turnsOf.set(tenant, own);
    const work = own.pass(() => this.#turns.pass(verify)).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, work);
    return work;
  }

  #remember(name: string): void {
    if (this.#until.size >= MAX_REMEMBERED) this.#until.clear(); // all are looked at again: rare, and only slower
    this.#until.set(name, this.#now() + VALID_MILLISECONDS);
  }
}

function busy(): CatalogError {
  return new CatalogError('evidence.busy', `${callers.each} calls of yours, or ${callers.all} of all, wait for bundles to be verified`, {
    remedy: 'repeat the call after a moment',
  });
}
