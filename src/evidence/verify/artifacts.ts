import { z } from 'zod';
import { readDecisionLog } from './decision-log.ts';
import { emptyTrustRoot } from './expected.ts';
import { contentOf, type Files } from './files.ts';
import { parseAs, parseDocument, sameJson } from './form.ts';
import type { Manifest } from './manifest.ts';
import { type Check, check, ensure } from './report.ts';

const sbom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  serialNumber: z.string().startsWith('urn:uuid:'),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
});
const provenance = z.looseObject({
  buildDefinition: z.looseObject({
    externalParameters: z.looseObject({ release: z.string() }),
    resolvedDependencies: z.tuple([z.looseObject({ digest: z.strictObject({ gitCommit: z.string() }) })]),
  }),
});
const coverage = z.strictObject({
  coverage: z.number().min(0).max(100),
  files: z.array(z.strictObject({ file: z.string(), covered: z.int().min(0), notCovered: z.int().min(0) })),
});
const policyManifest = z.looseObject({ revision: z.string(), digest: z.string() });

/** The signer could have signed anything: that each item is what its name says, and agrees with the manifest. */
export function checkForms(manifest: Manifest, files: Files): Check[] {
  const of = (name: string, body: (bytes: Buffer) => string) => check('artifact.form', name, () => body(contentOf(files, name)));
  return [
    of('sbom.cdx.json', (bytes) => `CycloneDX, ${parseAs(sbom, parseDocument(bytes)).components.length} components`),
    of('provenance.json', (bytes) => readProvenance(bytes, manifest.release)),
    of('decision-log.jsonl', (bytes) => `${readDecisionLog(bytes).length} decisions`),
    of('policy-coverage.json', readCoverage),
    of('policy-manifest.json', (bytes) => readPolicyManifest(bytes, manifest.policy)),
    of('empty-root.json', (bytes) => {
      ensure(sameJson(parseDocument(bytes), emptyTrustRoot), 'it is not an empty trust root');
      return 'trusts nobody';
    }),
  ];
}

function readProvenance(bytes: Buffer, release: string): string {
  const { externalParameters, resolvedDependencies } = parseAs(provenance, parseDocument(bytes)).buildDefinition;
  ensure(externalParameters.release === release, `it is of release ${externalParameters.release}`);
  return `commit ${resolvedDependencies[0].digest.gitCommit.slice(0, 12)}`;
}

function readCoverage(bytes: Buffer): string {
  const { coverage: percent, files } = parseAs(coverage, parseDocument(bytes));
  const covered = files.reduce((sum, file) => sum + file.covered, 0);
  const all = files.reduce((sum, file) => sum + file.notCovered, covered);
  ensure(Math.floor((10_000 * covered) / all) / 100 === percent, `its files do not make ${percent} %`);
  return `${percent} % of ${all} lines`;
}

/** The one file in the form of another tool: read back and written again it must be the same, so no key is there twice. */
function readPolicyManifest(bytes: Buffer, policy: Manifest['policy']): string {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  ensure(Buffer.from(`${JSON.stringify(value, null, 2)}\n`).equals(bytes), 'it reads differently when written again');
  const { revision, digest } = parseAs(policyManifest, value);
  ensure(revision === policy.revision && digest === policy.digest, `it is of policy ${digest}, the manifest says ${policy.digest}`);
  return `policy ${revision}`;
}
