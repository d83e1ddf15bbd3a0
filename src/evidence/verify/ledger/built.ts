import { z } from 'zod';
import { digestOfJson, messageOf } from '../../../core/index.ts';
import type { Manifest } from '../read/manifest.ts';
import { ensure, fail } from '../report.ts';
import type { Entry } from './entry.ts';
import type { LedgerView } from './view.ts';

/** What comes from the ledger itself, or tells what is in the others. */
const outside: ReadonlySet<string> = new Set([
  'verdict',
  'ledger-checkpoint',
  'ledger-proofs',
  'decision-log',
  'access-log',
  'erasure-log',
  'guide',
  'page',
]);

/** What the ledger was told before the bundle was built. */
function contentDigest({ release, kind, at, source, parent, artifacts }: Manifest): string {
  return digestOfJson({
    format: 1,
    release,
    kind,
    at,
    commit: source.commit,
    parent: parent?.manifest ?? null,
    items: artifacts.filter((record) => !outside.has(record.kind)).map(({ name, kind: of, sha256 }) => ({ name, kind: of, sha256 })),
  });
}

const effect = z.looseObject({ release: z.string(), kind: z.string(), content: z.string() });

/** The proven entry about this bundle. Throws with the reason why there is none. */
export function builtEntry(manifest: Manifest, { entries }: LedgerView): Entry {
  const named = manifest.ledger.built ?? fail('the manifest names no entry');
  const entry = entries.get(named.seq) ?? fail(`entry ${named.seq} is not proven`);
  ensure(entry.id === named.entryId, `entry ${named.seq} is \`${entry.id}\`, the manifest says \`${named.entryId}\``);
  ensure(
    entry.type === 'evidence.built' && entry.result === 'ALLOW',
    `entry ${named.seq} is \`${entry.type}\` with result ${entry.result}`,
  );
  const parsed = effect.safeParse(entry.effect);
  const { release, kind, content } = parsed.data ?? fail(`entry ${named.seq} does not say what was built`);
  ensure(release === manifest.release && kind === manifest.kind, `entry ${named.seq} is of release ${release}, kind \`${kind}\``);
  const expected = contentDigest(manifest);
  ensure(content === expected, `entry ${named.seq} has the content ${content}, the bundle ${expected}`);
  return entry;
}

export function builtProblem(manifest: Manifest, view: LedgerView): string | undefined {
  try {
    builtEntry(manifest, view);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
