import { isJsonObject, type Json, type JsonObject } from '../core/index.ts';
import { hexDigest } from './artifact.ts';
import { EvidenceError } from './errors.ts';
import { names, predicateTypes, statementFile } from './names.ts';
import type { Built } from './read-built.ts';

export type NamedStatement = { readonly file: string; readonly statement: JsonObject };

/**
 * The in-toto statements of a bundle: one an artifact that calls for it, about manifest.json (which names the artifact's
 * digest), and one about all files together.
 */
export function statementsOf(built: Built): NamedStatement[] {
  const manifestSubject = subject(names.manifest, hexDigest(built.manifestBytes));
  const single = built.manifest.artifacts.flatMap(({ name, predicateType }) =>
    predicateType === undefined
      ? []
      : [{ file: statementFile(name), statement: statement([manifestSubject], predicateType, predicateOf(name, built)) }],
  );
  const subjects = [...built.manifest.artifacts.map((item) => subject(item.name, item.sha256)), manifestSubject];
  const whole = statement(subjects, predicateTypes.manifest, parse(built.manifestBytes));
  return [...single, { file: names.manifestStatement, statement: whole }];
}

function statement(subjects: readonly JsonObject[], predicateType: string, predicate: Json): JsonObject {
  return { _type: 'https://in-toto.io/Statement/v1', subject: subjects, predicateType, predicate };
}

function subject(name: string, sha256: string): JsonObject {
  return { name, digest: { sha256 } };
}

function predicateOf(name: string, built: Built): Json {
  switch (name) {
    case names.sbom:
    case names.provenance:
      return parse(built.bytesOf(name));
    case names.coverage:
      return coveragePredicate(built);
    case names.decisionLog:
      return decisionLogPredicate(built);
    default:
      throw new EvidenceError('evidence.bundle_invalid', `nobody knows which statement to make about \`${name}\``, {
        remedy: 'build the bundle again with this version of ig-evidence',
      });
  }
}

/** https://in-toto.io/attestation/test-result/v0.1: build refuses coverage below the contract, so what is there passed. */
function coveragePredicate(built: Built): JsonObject {
  const configuration = { name: names.policyManifest, digest: { sha256: hexDigest(built.bytesOf(names.policyManifest)) } };
  return { result: 'PASSED', configuration: [configuration], coverage: parse(built.bytesOf(names.coverage)) };
}

/** The log by digest: its lines carry what people did, which a statement need not repeat. */
function decisionLogPredicate(built: Built): JsonObject {
  const bytes = built.bytesOf(names.decisionLog);
  const results = { ALLOW: 0, DENY: 0, STEP_UP: 0 };
  for (const line of bytes.toString('utf8').split('\n').slice(0, -1)) {
    const { result }: { result: keyof typeof results } = JSON.parse(line);
    results[result] += 1;
  }
  const { origin, size, root } = built.manifest.ledger;
  const count = results.ALLOW + results.DENY + results.STEP_UP;
  return { digest: { sha256: hexDigest(bytes) }, count, results, checkpoint: { origin, size, root } };
}

function parse(bytes: Buffer): JsonObject {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new EvidenceError('evidence.bundle_invalid', 'a document of the bundle is not a JSON object', { remedy: 'build it again' });
}
