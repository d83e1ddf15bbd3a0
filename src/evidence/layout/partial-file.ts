import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** What was written: SHA-256 in hex, and bytes. */
export type Stored = { readonly sha256: string; readonly size: number };

const CHUNK = 1 << 20;

/** A file in the making, hashed as it is written. */
export class PartialFile {
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #waiting: Uint8Array[] = [];
  #held = 0;
  #size = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Parts of any size; small ones are written together. */
  async write(part: Uint8Array): Promise<void> {
    this.#hash.update(part);
    this.#waiting.push(part);
    this.#held += part.length;
    this.#size += part.length;
    if (this.#held >= CHUNK) await this.#flush();
  }

  async finish(): Promise<Stored> {
    await this.#flush();
    await this.#file.close();
    return { sha256: this.#hash.digest('hex'), size: this.#size };
  }

  /** Ends it early; nothing more may be written. */
  async discard(): Promise<void> {
    this.#waiting = [];
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const parts = this.#waiting;
    [this.#waiting, this.#held] = [[], 0];
    if (parts.length > 0) await this.#file.writeFile(Buffer.concat(parts));
  }
}
