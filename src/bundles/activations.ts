import { digestOf, Rounds } from '../core/index.ts';
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
  /** Positions that were taken up, and what was tried in vain at the newest one. */
  readonly #seen = new Map<string, number>();
  readonly #refused = new Map<string, string>();
  readonly #looks: Rounds;
  #refreshing: Promise<void> | undefined;

  constructor(options: ActivationsOptions) {
    this.#options = options;
    const { pollMilliseconds = 1_000, onError } = options;
    this.#looks = new Rounds(() => this.refresh(), { pauseMilliseconds: pollMilliseconds, onError: (error) => onError('*', error) });
  }

  /** Resolves when every tenant's policy is loaded or refused. @throws StorageError */
  async start(): Promise<void> {
    await this.#refreshAll();
    this.#looks.start();
  }

  async stop(): Promise<void> {
    await this.#looks.stop();
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

  async #refreshAll(): Promise<void> {
    for (const head of await policyHeads(this.#options.database)) {
      if (this.#seen.get(head.tenant) !== head.position) await this.#follow(head);
    }
  }

  async #follow(head: Head): Promise<void> {
    const { database, policies, onActivated } = this.#options;
    const { tenant, digest } = head;
    // Outside of the try: a database that does not answer says nothing about the bundle, and the next look asks again.
    const files = digest === undefined ? undefined : await database.transaction(tenant, (trx) => findBundle(trx, tenant, digest));
    // The same bytes would be refused again, after all the work of trying them.
    const tried = `${head.position} ${digestOf(Buffer.concat([...(files ?? new Map<string, Buffer>()).values()]))}`;
    if (this.#refused.get(tenant) === tried) return;
    try {
      policies.adopt(tenant, digest === undefined ? policies.builtIn : await loadStored(digest, files ?? new Map(), this.#options));
    } catch (error) {
      this.#refused.set(tenant, tried);
      this.#refuse(head, error);
      return;
    }
    this.#refused.delete(tenant);
    this.#seen.set(tenant, head.position);
    onActivated?.(head);
  }

  /** Told once; a row that is repaired is taken up without a restart. */
  #refuse({ tenant, digest = '' }: Head, error: unknown): void {
    this.#options.onError(tenant, error);
    if (!this.#seen.has(tenant)) this.#options.policies.adopt(tenant, PolicyEngine.closed(digest));
  }
}
