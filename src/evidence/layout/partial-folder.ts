import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';
import { copyHashed } from './copy-hashed.ts';
import { PartialFile, type Stored } from './partial-file.ts';

/** Called before the work and not only before the writing. @throws EvidenceError `evidence.out_not_empty` */
export function assertFree(folder: string): void {
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0)) return;
  throw new EvidenceError('evidence.out_not_empty', `\`${folder}\` exists and is not an empty folder`, {
    remedy: 'name a new folder: a bundle is never mixed with other files',
  });
}

/**
 * A folder in the making. It lies beside its place until a rename puts all of it there, so a half-written one never stands there; whoever
 * stops early discards it.
 */
export class PartialFolder {
  readonly #target: string;
  readonly #path: string;
  readonly #signal: AbortSignal | undefined;
  readonly #files: PartialFile[] = [];
  #done = false;

  private constructor(target: string, path: string, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#path = path;
    this.#signal = signal;
  }

  /** @throws EvidenceError `evidence.out_not_empty`, `evidence.write_failed` */
  static async open(folder: string, signal?: AbortSignal): Promise<PartialFolder> {
    assertFree(folder);
    const target = resolve(folder);
    try {
      await mkdir(dirname(target), { recursive: true });
      return new PartialFolder(target, await mkdtemp(join(dirname(target), `.${basename(target)}-`)), signal);
    } catch (cause) {
      throw writeFailed(folder, cause);
    }
  }

  get target(): string {
    return this.#target;
  }

  async write(name: string, bytes: Uint8Array): Promise<Stored> {
    const file = await this.create(name);
    await file.write(bytes);
    return file.finish();
  }

  /** A new file, to be written part by part. */
  async create(name: string): Promise<PartialFile> {
    return this.#guarded(async () => {
      const file = new PartialFile(await this.#open(name));
      this.#files.push(file);
      return file;
    });
  }

  /** Copies a file of any size: what is hashed is what was written. */
  copy(name: string, from: string, onBytes: (count: number) => void = () => undefined): Promise<Stored> {
    return this.#guarded(async () => {
      const [to, source] = [await this.#open(name), await open(from, 'r')];
      try {
        return await copyHashed(source, to, (count) => {
          this.#assertWanted();
          onBytes(count);
        });
      } finally {
        await Promise.allSettled([to.close(), source.close()]);
      }
    });
  }

  /** Puts the folder in its place. */
  async commit(): Promise<void> {
    this.#assertWanted();
    try {
      await chmod(this.#path, 0o755);
      await rename(this.#path, this.#target);
      this.#done = true;
    } catch (cause) {
      throw writeFailed(this.#target, cause);
    }
  }

  /** Removes what was not committed, and closes what was not finished. */
  async discard(): Promise<void> {
    if (this.#done) return;
    for (const file of this.#files) await file.discard();
    await rm(this.#path, { recursive: true, force: true });
  }

  #open(name: string): Promise<FileHandle> {
    return open(join(this.#path, name), 'wx', 0o644);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    this.#assertWanted();
    try {
      return await work();
    } catch (cause) {
      throw cause instanceof EvidenceError ? cause : writeFailed(this.#target, cause);
    }
  }

  #assertWanted(): void {
    if (this.#signal?.aborted === true) throw interrupted();
  }
}

export function interrupted(): EvidenceError {
  return new EvidenceError('evidence.interrupted', 'interrupted', { remedy: 'run it again; nothing was left behind' });
}

export function writeFailed(folder: string, cause: unknown): EvidenceError {
  return new EvidenceError('evidence.write_failed', `cannot write to \`${folder}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'make room or correct the permissions, and run again; nothing was left behind',
  });
}
