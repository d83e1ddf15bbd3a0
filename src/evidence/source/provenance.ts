import { canonicalFile } from '../canonical-file.ts';
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
