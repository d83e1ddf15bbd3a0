import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../core/index.ts';
import { hexDigest } from './digest.ts';
import { EvidenceError } from './errors.ts';
import { type Form, formOf, resultOf } from './forms.ts';
import type { ArtifactRecord } from './manifest.ts';
import { names, predicateTypes, statementFile, TOOL } from './names.ts';
import type { Built } from './read-built.ts';

export type NamedStatement = { readonly file: string; readonly statement: JsonObject };

/**
 * The in-toto statements of a bundle: one an artifact that calls for it, about manifest.json (which names the artifact's
 * digest), and one about all files together.
 */
export function statementsOf(built: Built): NamedStatement[] {
  const manifestSubject = subject(names.manifest, hexDigest(built.manifestBytes));
  const own = built.manifest.artifacts.filter((item) => item.from === undefined);
  const single = own.flatMap((item) =>
    item.predicateType === undefined
      ? []
      : [{ file: statementFile(item.name), statement: statement([manifestSubject], item.predicateType, predicateOf(item, built)) }],
  );
  const subjects = [...own.map((item) => subject(item.name, item.sha256)), manifestSubject];
  const whole = statement(subjects, predicateTypes.manifest, parse(built.manifestBytes));
  return [...single, { file: names.manifestStatement, statement: whole }];
}

function statement(subjects: readonly JsonObject[], predicateType: string, predicate: Json): JsonObject {
  return { _type: 'https://in-toto.io/Statement/v1', subject: subjects, predicateType, predicate };
}

function subject(name: string, sha256: string): JsonObject {
  return { name, digest: { sha256 } };
}

/** Its form is that of its kind (docs/evidence-format.md, "Kinds" and "Signatures and statements"). */
function predicateOf(item: ArtifactRecord, built: Built): Json {
  const { name, sha256, mediaType, summary = {} } = item;
  const form = formOf(item.kind);
  switch (form.statement?.form) {
    case 'document':
      return parse(built.bytesOf(name));
    case 'test-result':
      return { result: passedOrFailed(form, item, built), configuration: [subject(name, sha256)], summary };
    case 'digest':
      return { digest: { sha256 }, summary };
    case 'reference':
      return { attester: { id: TOOL }, references: [{ name, digest: { sha256 }, downloadLocation: name, mediaType }] };
    case 'verdict':
      return verdictPredicate(built);
    case undefined:
      throw unknown(name);
  }
}

function passedOrFailed(form: Form, { name, summary = {} }: ArtifactRecord, built: Built): string {
  const result = resultOf(form, { bytes: built.bytesOf(name), summary });
  if (result === undefined) throw unknown(name);
  return result;
}

/** What of the verdict a statement repeats. */
const verdictFile = z.object({
  result: z.enum(['PASSED', 'FAILED']),
  requirements: z.array(z.object({ id: z.string(), outcome: z.string() })),
});

/** https://in-toto.io/attestation/svr/v0.2: what holds, and nothing else. */
function verdictPredicate(built: Built): JsonObject {
  const { result, requirements } = verdictFile.parse(parse(built.bytesOf(names.verdict)));
  const held = requirements.filter(({ outcome }) => outcome === 'met' || outcome === 'waived');
  const properties = [
    ...(result === 'PASSED' ? ['countersign.evidence.complete'] : []),
    ...held.map(({ id, outcome }) => `countersign.evidence.${outcome}/${id}`),
  ];
  return { verifier: { id: TOOL }, timeCreated: built.manifest.at, properties };
}

function parse(bytes: Buffer): JsonObject {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new EvidenceError('evidence.bundle_invalid', 'a document of the bundle is not a JSON object', { remedy: 'build it again' });
}

function unknown(name: string): EvidenceError {
  return new EvidenceError('evidence.bundle_invalid', `nobody knows which statement to make about \`${name}\``, {
    remedy: 'build the bundle again with this version of ig-evidence',
  });
}
