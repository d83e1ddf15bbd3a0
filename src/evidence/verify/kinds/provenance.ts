import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { instant, latestOf } from './times.ts';

const provenance = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: z.string(),
    externalParameters: z.looseObject({ release: z.json().optional() }),
    resolvedDependencies: z.array(z.looseObject({ digest: z.record(z.string(), z.string()).optional() })).optional(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({ id: z.string() }),
    metadata: z.looseObject({ finishedOn: instant.optional() }).optional(),
  }),
});

/** https://slsa.dev/spec/v1.0/provenance. Where it names a release or commits, one of them must be that of the bundle. */
export const readProvenance: DocumentReader = (document) => {
  const { buildDefinition, runDetails } = parseAs(provenance, document);
  const { buildType, externalParameters, resolvedDependencies = [] } = buildDefinition;
  const { release } = externalParameters;
  const commits = resolvedDependencies.flatMap(({ digest }) => digest?.['gitCommit'] ?? []);
  return {
    summary: { builder: runDetails.builder.id, buildType, materials: resolvedDependencies.length },
    madeAt: latestOf([runDetails.metadata?.finishedOn]),
    claims: { commits, ...(typeof release === 'string' ? { release } : {}) },
  };
};
