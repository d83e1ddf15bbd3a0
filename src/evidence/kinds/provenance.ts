import { z } from 'zod';
import { isJsonObject, type Json } from '../../core/index.ts';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { instant, text, toUtc } from './read/quantities.ts';

const PREDICATE = 'https://slsa.dev/provenance/v1';

const statement = z.looseObject({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  predicateType: z.literal(PREDICATE),
  predicate: z.looseObject({}),
});

const material = z
  .looseObject({ uri: text.optional(), digest: z.record(z.string(), text).optional(), content: text.optional() })
  .refine(({ uri, digest, content }) => (uri ?? digest ?? content) !== undefined, 'expected `uri`, `digest` or `content`');
/** https://slsa.dev/spec/v1.0/provenance. */
const predicate = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: text,
    externalParameters: z.looseObject({}),
    internalParameters: z.looseObject({}).optional(),
    resolvedDependencies: z.array(material).optional(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({ id: text }),
    metadata: z.looseObject({ startedOn: instant.optional(), finishedOn: instant.optional() }).optional(),
  }),
});

export const provenance: Kind = defineKind({
  name: 'provenance',
  title: 'build provenance',
  reads: 'an SLSA provenance v1 predicate, or an in-toto statement with one',
  measures: ['builder', 'buildType', 'materials'],
  file: 'provenance.json',
  mediaType: 'application/json',
  statement: { form: 'document', predicateType: PREDICATE },
  read: (input) => {
    const content = predicateOf(parseJson(input));
    const { buildDefinition, runDetails } = shaped(content, predicate);
    const { buildType, resolvedDependencies = [] } = buildDefinition;
    const finished = runDetails.metadata?.finishedOn;
    const summary = { builder: runDetails.builder.id, buildType, materials: resolvedDependencies.length };
    return { content, summary, madeAt: finished === undefined ? null : toUtc(finished) };
  },
});

/** The statement around it names files of that build, which need not be ours: what is kept is how it was built. */
function predicateOf(document: Json): Json {
  if (!isJsonObject(document) || !('predicateType' in document)) return document;
  shaped(document, statement);
  return document['predicate'] ?? null;
}
