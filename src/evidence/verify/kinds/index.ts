import { parseDocument } from '../form.ts';
import { fail } from '../report.ts';
import { readCanary } from './canary.ts';
import { readChaos } from './chaos.ts';
import { readCoverage } from './coverage.ts';
import { readDecisionCoverage } from './decision-coverage.ts';
import { readDecisionLatency } from './decision-latency.ts';
import { readDrDrill } from './dr-drill.ts';
import { readJunit } from './junit.ts';
import { readK6 } from './k6.ts';
import { type DocumentReader, type ItemReading, type Kind, TEST_RESULT } from './kind.ts';
import { summariseAccess, summariseDecisions, summariseErasures } from './ledger-logs.ts';
import { readMigration } from './migration-timeline.ts';
import { readPage, readText } from './page.ts';
import { readPolicyManifest, readTrustRoot } from './parts.ts';
import { readProvenance } from './provenance.ts';
import { readResidency } from './residency.ts';
import { readSarif } from './sarif.ts';
import { readCycloneDx, readSpdx } from './sbom.ts';
import { readSchemaDiff } from './schema-diff.ts';
import { readSloReport } from './slo-report.ts';

const json = (read: DocumentReader) => (bytes: Buffer) => read(parseDocument(bytes));
const own = (kind: string) => `https://countersign.dev/attestation/${kind}/v1`;

function document(predicateType: string, read: DocumentReader): Kind {
  return { statement: { form: 'document', predicateType }, summarised: true, read: json(read) };
}

function test(read: DocumentReader): Kind {
  return { statement: { form: 'test', predicateType: TEST_RESULT }, summarised: true, read: json(read) };
}

function digest(kind: string, read: (bytes: Buffer) => ItemReading): [string, Kind] {
  return [kind, { statement: { form: 'digest', predicateType: own(kind) }, summarised: true, read }];
}

function part(read: (bytes: Buffer) => ItemReading): Kind {
  return { summarised: false, read };
}

/** Read in checks of their own (contract/, ledger/); here only that they are JSON in one reading. */
const anyDocument: DocumentReader = () => ({});

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['sbom-cyclonedx', document('https://cyclonedx.org/bom', readCycloneDx)],
  ['sbom-spdx', document('https://spdx.dev/Document', readSpdx)],
  ['provenance', document('https://slsa.dev/provenance/v1', readProvenance)],
  digest('schema-diff-graphql', json(readSchemaDiff)),
  digest('schema-diff-sql', json(readSchemaDiff)),
  ['k6', test(readK6)],
  ['chaos', test(readChaos)],
  ['canary', test(readCanary)],
  ['dr-drill', test(readDrDrill)],
  digest('erasure-log', summariseErasures),
  digest('residency', json(readResidency)),
  digest('slo-report', json(readSloReport)),
  ['junit', test(readJunit)],
  ['sarif', test(readSarif)],
  ['coverage', test(readCoverage)],
  ['decision-coverage', test(readDecisionCoverage)],
  ['decision-latency', test(readDecisionLatency)],
  digest('decision-log', summariseDecisions),
  digest('access-log', summariseAccess),
  digest('migration-timeline', json(readMigration)),
  ['file', { statement: { form: 'reference', predicateType: 'https://in-toto.io/attestation/reference/v0.1' }, summarised: true }],
  ['contract', part(json(anyDocument))],
  [
    'verdict',
    {
      statement: { form: 'verdict', predicateType: 'https://in-toto.io/attestation/svr/v0.2' },
      summarised: false,
      read: json(anyDocument),
    },
  ],
  ['ledger-checkpoint', part(readText)],
  ['ledger-proofs', part(json(anyDocument))],
  ['policy-manifest', part(readPolicyManifest)],
  ['trust-root', part(json(readTrustRoot))],
  ['guide', part(readText)],
  ['page', part(readPage)],
]);

export function isKind(name: string): boolean {
  return kinds.has(name);
}

/** A kind of the table in docs/evidence-format.md, with the type of its statement beside it. */
export function kindOf(name: string): Kind & { readonly predicateType: string | undefined } {
  const kind = kinds.get(name) ?? fail(`there is no kind \`${name}\``);
  return { ...kind, predicateType: kind.statement?.predicateType };
}

export type { ItemReading, Kind } from './kind.ts';
