import { z } from 'zod';
import { canonicalFile } from '../canonical-file.ts';
import { malformed, parseItem } from '../read-input.ts';
import type { Source } from './source.ts';

/** Where a release is built when nobody says otherwise: a claim that needs no trust in a build service. */
const LOCAL_BUILDER = 'https://countersign.dev/builder/local';

/** What the release was made from, by whom, with what: the predicate of SLSA provenance v1 (https://slsa.dev/provenance/v1). */
export function provenanceOf(release: string, source: Source, builder: string = LOCAL_BUILDER): Buffer {
  return canonicalFile({
    buildDefinition: {
      buildType: 'https://countersign.dev/build/ig-evidence/v1',
      externalParameters: { release },
      internalParameters: { sourceModified: source.modified, sourceTime: source.at.toISOString() },
      resolvedDependencies: [{ name: 'source', digest: { gitCommit: source.commit } }],
    },
    runDetails: { builder: { id: builder, version: { node: process.versions.node } } },
  });
}

const claims = z.looseObject({
  buildDefinition: z.looseObject({
    externalParameters: z.looseObject({ release: z.unknown().optional() }),
    resolvedDependencies: z.array(z.looseObject({ digest: z.looseObject({ gitCommit: z.string().optional() }).optional() })).default([]),
  }),
});

/**
 * A provenance that names a release or commits names those of the bundle.
 *
 * @throws EvidenceError `evidence.item_malformed`
 */
export function assertProvenanceOf(bytes: Buffer, release: string, commit: string): void {
  const { externalParameters, resolvedDependencies } = parseItem('provenance', bytes.toString('utf8'), claims).buildDefinition;
  const named = externalParameters.release;
  if (typeof named === 'string' && named !== release) throw malformed('provenance', `it is of release \`${named}\`, not of \`${release}\``);
  const commits = resolvedDependencies.flatMap(({ digest }) => digest?.gitCommit ?? []);
  if (commits.length > 0 && !commits.includes(commit))
    throw malformed('provenance', `it is of commit \`${commits.join('`, `')}\`, not of \`${commit}\``);
}
