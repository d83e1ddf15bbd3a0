import { canary } from './canary.ts';
import { chaos } from './chaos.ts';
import { coverage } from './coverage.ts';
import { decisionCoverage } from './decision-coverage.ts';
import { decisionLatency } from './decision-latency.ts';
import { drDrill } from './dr-drill.ts';
import { junit } from './junit.ts';
import { k6 } from './k6.ts';
import type { Kind } from './kind.ts';
import { migrationTimeline } from './migration-timeline.ts';
import { provenance } from './provenance.ts';
import { residency } from './residency.ts';
import { sarif } from './sarif.ts';
import { sbomCycloneDx } from './sbom-cyclonedx.ts';
import { sbomSpdx } from './sbom-spdx.ts';
import { schemaDiffGraphql, schemaDiffSql } from './schema-diff.ts';
import { sloReport } from './slo-report.ts';

export type { Collected, Input, Kind, StatementForm, Summary } from './kind.ts';
export { MAX_ITEM_BYTES } from './read/define-kind.ts';

/** The kinds that are read from files, in the order of docs/evidence-format.md. */
export const kinds: readonly Kind[] = [
  sbomCycloneDx,
  sbomSpdx,
  provenance,
  schemaDiffGraphql,
  schemaDiffSql,
  k6,
  chaos,
  canary,
  drDrill,
  residency,
  sloReport,
  junit,
  sarif,
  coverage,
  decisionCoverage,
  decisionLatency,
  migrationTimeline,
];
