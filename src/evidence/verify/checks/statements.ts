import type { Json, JsonObject } from '../../../core/index.ts';
import type { Examined } from '../examined.ts';
import { documentBytes, hexOf, sameJson } from '../form.ts';
import { kindOf } from '../kinds/index.ts';
import { MANIFEST, MANIFEST_PREDICATE, MANIFEST_STATEMENT, statementFileOf, VERIFIER } from '../names.ts';
import type { ArtifactRecord } from '../read/manifest.ts';
import { ownRecords } from '../read/read-bundle.ts';
import { type Check, check, ensure, fail, known } from '../report.ts';
import { signerOf } from './signers.ts';

/** What a statement must say. The predicate is compared by the digest of its file: it may be a whole SBOM. */
type Expected = { readonly file: string; readonly subject: Json; readonly predicateType: string; predicateDigest(): string };

/** Every statement that the manifest calls for, and the one about the bundle as a whole. One that is not there is `files.complete`'s. */
export function checkStatements(examined: Examined): Check[] {
  return expectedStatements(examined).flatMap((expected) => checkStatement(expected, examined));
}

function expectedStatements(examined: Examined): Expected[] {
  const { manifest, bundle } = examined;
  const own = ownRecords(manifest);
  const sha256 = bundle.digest?.slice('sha256:'.length) ?? '';
  const ofManifest = { name: MANIFEST, digest: { sha256 } };
  const single = own.flatMap((record) => {
    const { predicateType } = record;
    if (predicateType === undefined) return [];
    return [
      { file: statementFileOf(record.name), subject: [ofManifest], predicateType, predicateDigest: () => digestFor(record, examined) },
    ];
  });
  const all = [...own.map((record) => ({ name: record.name, digest: { sha256: record.sha256 } })), ofManifest];
  const whole = { file: MANIFEST_STATEMENT, subject: all, predicateType: MANIFEST_PREDICATE, predicateDigest: () => sha256 };
  return [...single, whole];
}

function checkStatement({ file, subject, predicateType, predicateDigest }: Expected, { bundle, manifest }: Examined): Check[] {
  const found = bundle.statements.get(file);
  if (found === undefined) return [];
  const form = check('statement.form', file, () => {
    known(found);
    return 'sigstore bundle v0.3, DSSE, in-toto statement v1';
  });
  if (!found.ok) return [form];
  const said = found.value;
  return [
    form,
    check('statement.signature', file, () => `by ${signerOf(said.signed, manifest.at).label}`),
    check('statement.subject', file, () => {
      ensure(sameJson(said.subject, subject), 'it is about other files than the ones of this bundle');
      return 'these files';
    }),
    check('statement.predicate-type', file, () => {
      ensure(said.predicateType === predicateType, `it is ${said.predicateType}, not ${predicateType}`);
      return predicateType;
    }),
    check('statement.predicate', file, () => {
      ensure(said.predicateDigest === predicateDigest(), 'it does not say what the files of this bundle say');
      return 'says what the files say';
    }),
  ];
}

/** Worked out from the artifact and what the manifest says of it; `artifact.form` holds those two against each other. */
function digestFor(record: ArtifactRecord, examined: Examined): string {
  const form = kindOf(record.kind).statement?.form;
  // A document is its own predicate.
  return form === 'document' ? record.sha256 : hexOf(documentBytes(predicateFor(record, examined)));
}

function predicateFor(record: ArtifactRecord, examined: Examined): JsonObject {
  const { name, sha256, mediaType, summary = {} } = record;
  const digest = { sha256 };
  switch (kindOf(record.kind).statement?.form) {
    case 'digest':
      return { digest, summary };
    case 'test': {
      const { passed } = known(known(examined.itemOf(record)).reading);
      return { result: passed === true ? 'PASSED' : 'FAILED', configuration: [{ name, digest }], summary };
    }
    case 'reference':
      return { attester: { id: VERIFIER }, references: [{ name, digest, downloadLocation: name, mediaType }] };
    case 'verdict':
      return verdictPredicate(examined);
    default:
      return fail(`no statement is defined for \`${name}\``);
  }
}

/** https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md: what passed, and nothing else. */
function verdictPredicate({ verdict, manifest }: Examined): JsonObject {
  const { result, requirements } = known(verdict);
  const passing = requirements.filter(({ outcome }) => outcome === 'met' || outcome === 'waived');
  const properties = [
    ...(result === 'PASSED' ? ['countersign.evidence.complete'] : []),
    ...passing.map(({ id, outcome }) => `countersign.evidence.${outcome}/${id}`),
  ];
  return { verifier: { id: VERIFIER }, timeCreated: manifest.at, properties };
}
