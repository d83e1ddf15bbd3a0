import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { canonicalBytes, sha256 } from '../../src/core/index.ts';
import { type ArchiveParts, checkSegment, type Ledger, writeSegment } from '../../src/ledger/index.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { entryWith, originPrefix } from '../support/ledger.ts';
import { query, type TestDatabase } from '../support/postgres.ts';
import { acme, olga, openWorld, resultOf, type World } from '../support/world.ts';

export const origin = `${originPrefix}/acme`;

export type ArchiveWorld = {
  readonly world: World;
  readonly ledger: Ledger;
  readonly parts: ArchiveParts;
  /** A name for an archive that is not there yet. */
  folder(name: string): string;
  /** Appends entries of three actors until the log has so many, all of them signed. */
  fillTo(size: number): Promise<void>;
  /** Writes the entries before `to` and has it allowed; the folder. */
  allowed(name: string, to: number): Promise<string>;
  readonly vkey: string;
  close(): Promise<void>;
};

export async function openArchiveWorld(on?: TestDatabase): Promise<ArchiveWorld> {
  const world = await openWorld(on && { on });
  const made = makeFolder('archive');
  const { ledger, database, ownerUrl } = world;
  const vkey = ledger.verifierKey(acme);
  const parts: ArchiveParts = { database, ownerUrl, ledger, now: () => world.clock.now() };
  const sizeNow = async () => Number((await query(ownerUrl, `select size from ledger_head where tenant = 'acme'`))[0]?.['size'] ?? 0);
  const folder = (name: string) => join(made, name);
  return {
    world,
    ledger,
    parts,
    vkey,
    folder,
    fillTo: async (size) => {
      const from = await sizeNow();
      const more = Array.from({ length: size - from }, (_, n) => ({
        ...entryWith({ n }),
        actor: { id: `usr_${n % 3}`, kind: 'human' as const },
      }));
      await Promise.all(more.map((entry) => ledger.record(acme, entry, ['incident:other'])));
      await vi.waitFor(async () => {
        if (((await ledger.checkpoint(acme))?.size ?? 0) < size) throw new Error('not signed yet');
      }, 10_000);
    },
    allowed: async (name, to) => {
      await writeSegment(database, { log: acme, origin, to }, folder(name));
      const { digest } = await checkSegment(folder(name), vkey);
      resultOf(await world.govern('ledger.archive', olga, { beforeSeq: to, manifestDigest: digest, justification: 'older than we keep' }));
      return folder(name);
    },
    close: async () => {
      await world.close();
      removeFolders([made]);
    },
  };
}

/** Every row of the log, as the superuser sees it. */
export function rowsOf(world: World): Promise<Record<string, unknown>[]> {
  return query(world.ownerUrl, `select *, ctid is not null as there from ledger_leaf where tenant = 'acme' order by seq`);
}

/** Turns one bit of a file. */
export function flip(path: string, at: number) {
  return (folder: string): void => {
    const bytes = readFileSync(join(folder, path));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(join(folder, path), bytes);
  };
}

type AnyManifest = { root: string; checkpoint: string; consistency: string[]; files: { path: string; bytes: number; sha256: string }[] };

/** Writes another manifest, well-formed. */
export function remanifested(change: (manifest: AnyManifest) => object) {
  return (folder: string): void => {
    const file = join(folder, 'archive.json');
    const manifest: AnyManifest = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, canonicalBytes(JSON.parse(JSON.stringify(change(manifest)))));
  };
}

/** Turns one bit of a file and makes its digest in the manifest right. */
export function relisted(path: string, at: number) {
  return (folder: string): void => {
    flip(path, at)(folder);
    const digest = sha256(readFileSync(join(folder, path))).toString('hex');
    remanifested((manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => (file.path === path ? { ...file, sha256: digest } : file)),
    }))(folder);
  };
}
