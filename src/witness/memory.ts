import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpointBody, parseNote, sha256 } from '../core/index.ts';
import { WitnessError } from './errors.ts';

type Tree = { readonly size: number; readonly root: Buffer };

/** The newest tree of a log that a witness stands for, and how often it has changed its mind about it. */
export type Known = Tree & { readonly generation: number };

const GENERATION = /^\d{12}$/;
/** The empty tree, whose root is H("") (RFC 6962 §2.1). */
const nothing: Known = { generation: 0, size: 0, root: sha256() };

/**
 * What a witness must not forget: one folder a log, `<sha256 of the origin>/<generation>`, whose highest generation is the note it agreed to
 * last. Generations are claimed by link(2), which fails where another has the name: so of any number of requests, processes and machines
 * that saw the same generation only one goes on, and nothing has to be locked or unlocked after a crash.
 */
export class Memory {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws WitnessError `witness.state_malformed`: not knowing is no reason to begin anew */
  async recall(origin: string): Promise<Known> {
    const folder = this.#folderOf(origin);
    for (;;) {
      const generation = await newest(folder);
      if (generation === 0) return nothing;
      const note = await readIfThere(join(folder, fileOf(generation)));
      if (note !== undefined) return { generation, ...treeOf(note, join(folder, fileOf(generation))) };
    } // it went on to a newer one in between
  }

  /**
   * Remembers a note as the successor of what was known, durably. False when something else has become the successor: then nothing may
   * be signed.
   */
  async advance(origin: string, from: Known, note: string): Promise<boolean> {
    const folder = this.#folderOf(origin);
    const generation = from.generation + 1;
    if (from.generation === 0) await this.#make(folder);
    if (!(await claim(folder, generation, note))) return false;
    // One that was cleared away could be claimed again by who saw the one before it long ago: the highest is what counts.
    if ((await newest(folder)) !== generation) return false;
    await clearBelow(folder, generation);
    return true;
  }

  /** The last note with its cosignature, for who asks by the hash of its origin; of no weight for what is signed. */
  async keepCosigned(origin: string, note: string): Promise<void> {
    const folder = this.#folderOf(origin);
    const temporary = join(folder, `.${randomUUID()}`);
    await writeDurably(temporary, note);
    await rename(temporary, join(folder, 'cosigned'));
  }

  cosigned(originHash: string): Promise<string | undefined> {
    return readIfThere(join(this.#folder, originHash, 'cosigned'));
  }

  #folderOf(origin: string): string {
    return join(this.#folder, sha256(Buffer.from(origin, 'utf8')).toString('hex'));
  }

  async #make(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await syncFolder(this.#folder);
  }
}

async function claim(folder: string, generation: number, note: string): Promise<boolean> {
  const temporary = join(folder, `.${randomUUID()}`);
  await writeDurably(temporary, note);
  try {
    await link(temporary, join(folder, fileOf(generation)));
    await syncFolder(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function newest(folder: string): Promise<number> {
  return Math.max(0, ...(await generations(folder)));
}

async function generations(folder: string): Promise<number[]> {
  try {
    return (await readdir(folder)).filter((name) => GENERATION.test(name)).map(Number);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function clearBelow(folder: string, generation: number): Promise<void> {
  for (const old of await generations(folder)) if (old < generation) await rm(join(folder, fileOf(old)), { force: true });
}

function fileOf(generation: number): string {
  return String(generation).padStart(12, '0');
}

function treeOf(note: string, file: string): Tree {
  const signed = parseNote(note);
  const checkpoint = signed && parseCheckpointBody(signed.text);
  if (checkpoint !== undefined) return { size: checkpoint.size, root: checkpoint.root };
  throw new WitnessError('witness.state_malformed', `\`${file}\` is not a checkpoint`, {
    remedy: 'put back what was there; a witness that has forgotten a log must not vouch for it: give it a new name and key instead',
  });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
