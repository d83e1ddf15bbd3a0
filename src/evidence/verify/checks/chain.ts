import type { Examined } from '../examined.ts';
import { listed, sameJson } from '../form.ts';
import { partKinds } from '../names.ts';
import type { ArtifactRecord, Manifest } from '../read/manifest.ts';
import { type Check, check, ensure, fail } from '../report.ts';

/** A delta against the bundle that it changes, and that against its own parent, down to the first of the line. */
export function checkParents({ bundle, manifest, line }: Examined): Check[] {
  if (manifest.parent === null && line.strays.length === 0) return [];
  return [
    check('chain.parent', 'manifest.json', () => {
      const strays = line.strays.map(({ digest, source }) => digest ?? source.place);
      ensure(strays.length === 0, `it does not continue ${listed(strays)}: its parent is ${manifest.parent?.manifest ?? 'none'}`);
      ensure(line.missing === null, `its parent ${line.missing} was not given: name it with --parent`);
      const manifests = [bundle, ...line.parents].map(({ manifest: read }) =>
        read.ok ? read.value : fail('the manifest of a parent is malformed'),
      );
      for (const [index, parent] of line.parents.entries()) {
        const [child, older] = [manifests[index], manifests[index + 1]];
        if (child !== undefined && older !== undefined) checkLink(child, older, parent.digest ?? '');
      }
      return `delta ${manifest.parent?.number} of ${manifest.release}`;
    }),
  ];
}

function checkLink(child: Manifest, parent: Manifest, digest: string): void {
  const number = (parent.parent?.number ?? 0) + 1;
  ensure(child.parent?.number === number, `it says it is delta ${child.parent?.number}, its parent is followed by ${number}`);
  ensure(Date.parse(child.at) >= Date.parse(parent.at), `it is of ${child.at}, before its parent of ${parent.at}`);
  ensure(child.ledger.size >= parent.ledger.size, `its ledger has ${child.ledger.size} entries, that of its parent ${parent.ledger.size}`);
  const identity = ({ release, kind, source, ledger }: Manifest) => ({
    release,
    kind,
    commit: source.commit,
    prevManifest: ledger.prevManifest,
  });
  ensure(sameJson(identity(child), identity(parent)), 'its release, kind, commit or release before is not that of its parent');
  checkInheritance(child, parent, digest);
}

/** Nothing is removed: each item of the parent is taken over as it is, or there is another in its place. */
function checkInheritance(child: Manifest, parent: Manifest, digest: string): void {
  const items = parent.artifacts.filter(({ name }) => !partKinds.has(name));
  const names = new Set(child.artifacts.map(({ name }) => name));
  const removed = items.map(({ name }) => name).filter((name) => !names.has(name));
  ensure(removed.length === 0, `it leaves out ${listed(removed)} of its parent`);
  const taken = new Map<string, ArtifactRecord>(items.map((item) => [item.name, { ...item, from: item.from ?? digest }]));
  for (const record of child.artifacts) {
    if (record.from === undefined) continue;
    const expected = taken.get(record.name);
    ensure(expected !== undefined && sameJson(record, expected), `\`${record.name}\` is not what its parent has`);
  }
}

/** @param previous digest of the manifest of the release before, as it was given */
export function checkPrevious({ manifest }: Examined, previous: string | undefined): Check[] {
  if (previous === undefined) return [];
  return [
    check('chain.previous', 'manifest.json', () => {
      const { prevManifest } = manifest.ledger;
      ensure(prevManifest === previous, `the release before is ${prevManifest ?? 'none'}, the one given is ${previous}`);
      return previous;
    }),
  ];
}
