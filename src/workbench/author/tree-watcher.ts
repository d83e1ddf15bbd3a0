import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells of every change below a folder, as a path relative to it with `/`.
 *
 * A watcher for each folder instead of `recursive: true`: on Linux Node then watches each file, and loses one that an editor replaces by
 * renaming another onto it.
 */
export class TreeWatcher {
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly root: string;
  private readonly tell: (file: string) => void;

  constructor(root: string, tell: (file: string) => void) {
    this.root = root;
    this.tell = tell;
    this.add('', false);
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
  }

  /** Watches a folder and those in it; `isNew` when its files are news themselves. */
  private add(folder: string, isNew: boolean): void {
    if (this.watchers.has(folder)) return;
    const watcher = watch(join(this.root, folder), (_, name) => this.changed(folder, String(name ?? '')));
    watcher.on('error', () => this.remove(folder));
    this.watchers.set(folder, watcher);
    for (const entry of readdirSync(join(this.root, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) this.add(below(folder, entry.name), isNew);
      else if (isNew) this.tell(below(folder, entry.name));
    }
  }

  private changed(folder: string, name: string): void {
    const path = below(folder, name);
    this.tell(path);
    try {
      if (this.isFolder(folder, name)) this.add(path, true);
      else this.remove(path);
    } catch {
      // What came has gone again.
      this.remove(path);
    }
  }

  private isFolder(folder: string, name: string): boolean {
    return readdirSync(join(this.root, folder), { withFileTypes: true }).some((entry) => entry.name === name && entry.isDirectory());
  }

  private remove(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
