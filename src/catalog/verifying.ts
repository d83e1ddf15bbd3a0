import { type TenantId, Turnstile } from '../core/index.ts';
import { CatalogError } from './errors.ts';
import type { StoredSource } from './source.ts';

/** What a verification came to: the names of the checks that failed, each once, in order; none: the bundle verifies. */
export type Verified = { readonly failed: readonly string[] };

export type VerifyAsked = {
  readonly tenant: TenantId;
  readonly bundle: StoredSource;
  /** Of a delta: what it changes, then what that changes, and so on. */
  readonly parents: readonly StoredSource[];
  /** `manifest.json` of the release before, where the catalog has it. */
  readonly previous: Buffer | undefined;
};

/** Verifies a whole bundle under the policy that the configuration names. Never throws for what a bundle is. */
export type Verifier = (asked: VerifyAsked) => Promise<Verified>;

/** How long it is believed that a bundle verifies: keys are revoked and bundles age meanwhile. */
const VALID_MILLISECONDS = 10 * 60_000;
/** A verification reads all of a bundle: so many at once in one process, the others wait. */
const AT_ONCE = 2;
/** Bundles of one tenant that are looked at or wait for it: callers hold places that others need as well. */
const MAX_OF_TENANT = 4;
const MAX_REMEMBERED = 1_000;

/** Verifications of one process: each bundle once in a while, callers that come together share one, and only a few run at a time. */
export class Verifications {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();
  readonly #underWay = new Map<string, { readonly tenant: TenantId; readonly work: Promise<Verified> }>();
  readonly #turnstile = new Turnstile(AT_ONCE);

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param name of exactly the files that are looked at, and whose they are
   * @throws CatalogError `evidence.busy`; whatever `verify` throws
   */
  async of(tenant: TenantId, name: string, verify: () => Promise<Verified>): Promise<Verified> {
    if ((this.#until.get(name) ?? 0) > this.#now()) return { failed: [] };
    const verified = await (this.#underWay.get(name)?.work ?? this.#begin(tenant, name, verify));
    if (verified.failed.length === 0) this.#remember(name);
    return verified;
  }

  #begin(tenant: TenantId, name: string, verify: () => Promise<Verified>): Promise<Verified> {
    const others = [...this.#underWay.values()].filter((one) => one.tenant === tenant);
    if (others.length >= MAX_OF_TENANT)
      throw new CatalogError('evidence.busy', `${MAX_OF_TENANT} bundles of yours are being verified already`, {
        remedy: 'repeat the call after a moment',
      });
    const work = this.#turnstile.pass(verify).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, { tenant, work });
    return work;
  }

  #remember(name: string): void {
    if (this.#until.size >= MAX_REMEMBERED) this.#until.clear(); // all are looked at again: rare, and only slower
    this.#until.set(name, this.#now() + VALID_MILLISECONDS);
  }
}
