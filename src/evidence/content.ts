import { digestOfJson } from '../core/index.ts';
import type { ArtifactRecord, Manifest } from './manifest.ts';

/** What comes from the ledger, or tells what is in the others: it cannot be in a digest that the ledger is to hold. */
const later = new Set(['verdict', 'ledger-checkpoint', 'ledger-proofs', 'decision-log', 'access-log', 'erasure-log', 'guide', 'page']);

/** What a bundle is before the ledger is told of it. */
export type Content = Pick<Manifest, 'release' | 'kind' | 'at'> & {
  readonly commit: string;
  /** Digest of the parent's manifest, in a delta. */
  readonly parent: string | null;
  readonly artifacts: readonly Pick<ArtifactRecord, 'name' | 'kind' | 'sha256'>[];
};

/** The digest that an `evidence.built` entry holds (docs/evidence-format.md, "The ledger"). */
export function contentDigest({ artifacts, release, kind, at, commit, parent }: Content): string {
  const items = artifacts
    .filter((artifact) => !later.has(artifact.kind))
    .map(({ name, kind: ofKind, sha256 }) => ({ name, kind: ofKind, sha256 }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return digestOfJson({ format: 1, release, kind, at, commit, parent, items });
}
