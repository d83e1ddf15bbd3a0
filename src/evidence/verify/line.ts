import { sameJson } from './form.ts';
import type { Item } from './read/item.ts';
import type { ArtifactRecord } from './read/manifest.ts';
import type { ReadBundle } from './read/read-bundle.ts';
import type { Outcome } from './report.ts';

/** The bundles that a delta continues. */
export type Line = {
  /** The parent, its parent, and so on. */
  readonly parents: readonly ReadBundle[];
  /** Given, and none of them. */
  readonly strays: readonly ReadBundle[];
  /** The digest of the manifest that would come next and was not given; null at the first bundle of the line. */
  readonly missing: string | null;
};

/** Puts the parents given in order, in whichever order they were given. */
export function lineOf(bundle: ReadBundle, given: readonly ReadBundle[]): Line {
  const parents: ReadBundle[] = [];
  const rest = new Set(given);
  let next = parentOf(bundle);
  for (let parent = find(rest, next); parent !== undefined; parent = find(rest, next)) {
    parents.push(parent);
    rest.delete(parent);
    next = parentOf(parent);
  }
  return { parents, strays: [...rest], missing: next };
}

function parentOf({ manifest }: ReadBundle): string | null {
  return manifest.ok ? (manifest.value.parent?.manifest ?? null) : null;
}

function find(bundles: ReadonlySet<ReadBundle>, digest: string | null): ReadBundle | undefined {
  return digest === null ? undefined : [...bundles].find((bundle) => bundle.digest === digest);
}

/** An artifact's file in the bundle that the manifest says it is in. */
export function inheritedItem({ parents }: Line, { from, ...record }: ArtifactRecord): Outcome<Item> {
  const holder = parents.find((bundle) => bundle.digest === from);
  if (holder === undefined) return { ok: false, reason: `it is in the bundle ${from}, which was not given: name it with --parent` };
  const listed = holder.manifest.ok ? holder.manifest.value.artifacts.find((item) => item.name === record.name) : undefined;
  if (listed === undefined || !sameJson(listed, record)) return { ok: false, reason: `the bundle ${from} lists another file of that name` };
  const item = holder.items.get(record.name);
  return item === undefined ? { ok: false, reason: `it is not in the bundle ${from}` } : { ok: true, value: item };
}
