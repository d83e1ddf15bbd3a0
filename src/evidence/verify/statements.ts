import type { Bundle } from '@sigstore/bundle';
import { z } from 'zod';
import type { Json } from '../../core/index.ts';
import { MANIFEST, MANIFEST_PREDICATE, MANIFEST_STATEMENT, statementFileOf } from './expected.ts';
import { contentOf, type Files } from './files.ts';
import { hexOf, parseAs, parseDocument, parseLine, sameJson } from './form.ts';
import type { VerifyingKey } from './key.ts';
import type { Manifest } from './manifest.ts';
import { predicateOf } from './predicates.ts';
import { type Check, check, ensure } from './report.ts';
import { envelopeOf, readSigstoreBundle, verifyEnvelope } from './signature.ts';

const statementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })),
  predicateType: z.string(),
  predicate: z.json(),
});
type Statement = z.infer<typeof statementSchema>;

type Expected = { readonly file: string; readonly subject: Json; readonly predicateType: string; predicate(): Json };

/** Every statement that the manifest calls for, and the one about the bundle as a whole. */
export function checkStatements(manifest: Manifest, files: Files, key: VerifyingKey): Check[] {
  return expectedStatements(manifest, files).flatMap((expected) => checkStatement(expected, files, key));
}

function expectedStatements(manifest: Manifest, files: Files): Expected[] {
  const ofManifest = { name: MANIFEST, digest: { sha256: hexOf(contentOf(files, MANIFEST)) } };
  const single = manifest.artifacts.flatMap(({ name, predicateType }) =>
    predicateType === undefined
      ? []
      : [{ file: statementFileOf(name), subject: [ofManifest], predicateType, predicate: () => predicateOf(name, manifest, files) }],
  );
  const all = [...manifest.artifacts.map(({ name, sha256 }) => ({ name, digest: { sha256 } })), ofManifest];
  const predicate = () => parseDocument(contentOf(files, MANIFEST));
  return [...single, { file: MANIFEST_STATEMENT, subject: all, predicateType: MANIFEST_PREDICATE, predicate }];
}

function checkStatement(expected: Expected, files: Files, key: VerifyingKey): Check[] {
  const { file } = expected;
  let opened: { bundle: Bundle; statement: Statement } | undefined;
  const form = check('statement.form', file, () => {
    opened = open(contentOf(files, file));
    return 'sigstore bundle v0.3, DSSE, in-toto statement v1';
  });
  if (opened === undefined) return [form];
  const { bundle, statement } = opened;
  return [
    form,
    check('statement.signature', file, () => {
      verifyEnvelope(bundle, key);
      return `by key ${key.hint.slice(0, 12)}…`;
    }),
    check('statement.subject', file, () => {
      ensure(sameJson(statement.subject, expected.subject), 'it is about other files than the ones of this bundle');
      return `${statement.subject.length} subject(s)`;
    }),
    check('statement.predicate-type', file, () => {
      ensure(statement.predicateType === expected.predicateType, `it is ${statement.predicateType}, not ${expected.predicateType}`);
      return statement.predicateType;
    }),
    check('statement.predicate', file, () => {
      ensure(sameJson(statement.predicate, expected.predicate()), 'it does not say what the files of this bundle say');
      return 'says what the files say';
    }),
  ];
}

function open(bytes: Buffer): { bundle: Bundle; statement: Statement } {
  const bundle = readSigstoreBundle(bytes);
  const { payload, payloadType } = envelopeOf(bundle);
  ensure(payloadType === 'application/vnd.in-toto+json', `its payload is of type ${payloadType}`);
  return { bundle, statement: parseAs(statementSchema, parseLine(payload)) };
}
