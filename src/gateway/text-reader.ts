import { setImmediate as turn } from 'node:timers/promises';
import type { TenantId } from '../core/index.ts';
import type { Database } from '../storage/index.ts';
import type { StoredText, Vault } from '../vault/index.ts';

type Asked = { readonly stored: StoredText; readonly answer: PromiseWithResolvers<string | null> };

/** Opens what people wrote, for one request: all that its resolvers ask for in one turn costs one transaction. */
export class TextReader {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #tenant: TenantId;
  #asked: Asked[] = [];

  constructor({ database, vault }: { readonly database: Database; readonly vault: Vault }, tenant: TenantId) {
    this.#database = database;
    this.#vault = vault;
    this.#tenant = tenant;
  }

  /** The text; null when it was erased. @throws VaultError, StorageError */
  read(stored: StoredText): Promise<string | null> {
    const answer = Promise.withResolvers<string | null>();
    this.#asked.push({ stored, answer });
    if (this.#asked.length === 1) void this.#openAll();
    return answer.promise;
  }

  async #openAll(): Promise<void> {
    await turn();
    const asked = this.#asked;
    this.#asked = [];
    try {
      const texts = await this.#database.transaction(this.#tenant, (trx) =>
        this.#vault.open(
          trx,
          this.#tenant,
          asked.map(({ stored }) => stored),
        ),
      );
      for (const [index, { answer }] of asked.entries()) answer.resolve(texts[index] ?? null);
    } catch (error) {
      for (const { answer } of asked) answer.reject(error);
    }
  }
}
