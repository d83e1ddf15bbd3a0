import { createHash, randomUUID } from 'node:crypto';

export type StoredAsset = {
  readonly id: number;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly state: 'uploaded' | 'starter';
  /** Where it can be downloaded without a token. */
  readonly ticket: string;
};

export type StoredRelease = { readonly id: number; readonly tag: string; readonly prerelease: boolean; readonly assets: StoredAsset[] };

/** The releases of one repository, in memory. */
export class Store {
  readonly releases: StoredRelease[] = [];
  #ids = 1000;

  addRelease(tag: string, prerelease: boolean): StoredRelease | undefined {
    if (this.releases.some((release) => release.tag === tag)) return undefined;
    const release = { id: this.#ids++, tag, prerelease, assets: [] };
    this.releases.push(release);
    return release;
  }

  /** Undefined when the release has an asset of that name. */
  addAsset(release: StoredRelease, asset: Pick<StoredAsset, 'name' | 'contentType' | 'bytes' | 'state'>): StoredAsset | undefined {
    const name = renamed(asset.name);
    if (release.assets.some((one) => one.name === name)) return undefined;
    const stored = { ...asset, name, id: this.#ids++, ticket: randomUUID() };
    release.assets.push(stored);
    return stored;
  }

  findAsset(id: number): StoredAsset | undefined {
    return this.releases.flatMap((release) => release.assets).find((asset) => asset.id === id);
  }

  removeAsset(id: number): boolean {
    for (const { assets } of this.releases) {
      const at = assets.findIndex((asset) => asset.id === id);
      if (at >= 0) return assets.splice(at, 1).length === 1;
    }
    return false;
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** As the real one does with special characters, and periods at the ends. */
function renamed(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/g, '.').replaceAll(/^\.+|\.+$/g, '');
}
