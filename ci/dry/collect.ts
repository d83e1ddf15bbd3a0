import { join } from 'node:path';
import { collectDecisionCoverage } from '../collect/decision-coverage.ts';
import { collectDecisionLatency } from '../collect/decision-latency.ts';
import { collectSbom } from '../collect/sbom.ts';
import { collectSchemaDiffs } from '../collect/schema-diffs.ts';
import { collectTests, type TestReports } from '../collect/tests.ts';
import { project } from '../command.ts';
import { type Gateway, govern } from './gateway.ts';
import { logOf, part, together } from './parts.ts';

/** What is run when no reports of a whole run are given. */
const FEW_TESTS = ['test/core', 'test/evidence/kinds'];

export type CollectRequest = {
  readonly out: string;
  /** Of a run of all tests, elsewhere. */
  readonly reports: TestReports | undefined;
  /** What the schemas are compared with. */
  readonly from: string | undefined;
  readonly startGateway: () => Promise<Gateway>;
};

/** Collects all items at once, and gives the gateway that governed meanwhile. */
export async function collectAll({ out, reports, from, startGateway }: CollectRequest): Promise<Gateway> {
  const items = join(out, 'items');
  const [gateway] = await together(
    governed(items, startGateway),
    part(
      'tests with coverage',
      () => collectTests(items, reports, FEW_TESTS, logOf(out, 'tests')),
      () => (reports === undefined ? `those of ${FEW_TESTS.join(' and ')} only` : `not run here: ${reports.junit}`),
    ),
    described(items, out, from),
  );
  return gateway;
}

async function governed(items: string, startGateway: () => Promise<Gateway>): Promise<Gateway> {
  const gateway = await part('gateway', startGateway, ({ url }) => url);
  await part(
    'governed actions',
    () => govern(gateway),
    (decisions) => decisions.join(', '),
  );
  await part('time of decisions', () => collectDecisionLatency(items, gateway.url));
  return gateway;
}

/** What is read from the project itself, one after the other: beside tests and gateway that is enough for two cores. */
async function described(items: string, out: string, from: string | undefined): Promise<void> {
  await part('SBOMs', () => collectSbom(items, project, logOf(out, 'sbom')));
  await part('coverage of decisions', () => collectDecisionCoverage(items, join(project, 'policies'), logOf(out, 'decision-coverage')));
  await part(
    'differences of schemas',
    () => collectSchemaDiffs(items, from, project, logOf(out, 'schema-diffs')),
    (ref) => `since ${ref}`,
  );
}
