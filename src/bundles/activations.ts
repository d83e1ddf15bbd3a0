import { setTimeout as delay } from 'node:timers/promises';
import { type BundleTrust, PolicyEngine, type PolicyRegistry } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import { loadStored } from './load.ts';
import { findBundle, type Head, policyHeads } from './store.ts';

export type ActivationsOptions = {
  readonly database: Database;
  readonly policies: PolicyRegistry;
  readonly trust: BundleTrust;
  /** How soon this gateway follows what another one made active. */
  readonly pollMilliseconds?: number;
  readonly onActivated?: (head: Head) => void;
  /** Told when a policy is refused or the database cannot be asked; what decided before goes on deciding. */
  readonly onError: (tenant: string, error: unknown) => void;
};

/**
 * Follows what tenants make active. Every bundle is checked again before it decides here, signature and self-test included, because
 * whoever can write the table is not whoever may sign. One that fails is refused and the old one keeps serving; a gateway that
 * starts and has no old one denies that tenant's actions instead of deciding by a policy that the tenant replaced.
 */
export class Activations {
  readonly #options: ActivationsOptions;
  readonly #seen = new Map<string, number>();
  readonly #stop = new AbortController();
  #refreshing: Promise<void> | undefined;
  #polling: Promise<void> = Promise.resolve();

  constructor(options: ActivationsOptions) {
    this.#options = options;
  }

  /** Resolves when every tenant's policy is loaded. @throws StorageError */
  async start(): Promise<void> {
    await this.#refreshAll();
    this.#polling = this.#pollUntilStopped();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#polling;
    await this.#refreshing;
  }

  /** Looks now; resolves when what was active at the call decides here. */
  async refresh(): Promise<void> {
    await this.#refreshing;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #pollUntilStopped(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await delay(this.#options.pollMilliseconds ?? 1_000, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (!this.#stop.signal.aborted) await this.refresh().catch((error: unknown) => this.#options.onError('*', error));
    }
  }

  async #refreshAll(): Promise<void> {
    for (const head of await policyHeads(this.#options.database)) {
      if (this.#seen.get(head.tenant) !== head.position) await this.#follow(head);
    }
  }

  async #follow(head: Head): Promise<void> {
    const { database, policies, onActivated, onError } = this.#options;
    // Outside of the try: a database that does not answer says nothing about the bundle, and the next look asks again.
    const files = await database.transaction(head.tenant, (trx) => findBundle(trx, head.tenant, head.digest));
    try {
      policies.adopt(head.tenant, await loadStored(head.digest, files ?? new Map(), this.#options));
      onActivated?.(head);
    } catch (error) {
      onError(head.tenant, error);
      if (!this.#seen.has(head.tenant)) policies.adopt(head.tenant, PolicyEngine.closed(head.digest));
    }
    this.#seen.set(head.tenant, head.position);
  }
}
