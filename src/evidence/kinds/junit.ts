import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { readJUnit } from './read/junit-xml.ts';
import { latest, thousandths } from './read/quantities.ts';
import { type TestCase, type TestReport, testReport } from './read/test-report.ts';

export const junit: Kind = defineKind({
  name: 'junit',
  title: 'a report of tests',
  reads: 'JUnit XML',
  measures: ['tests', 'failed', 'skipped', 'seconds'],
  file: 'tests.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: ({ summary }) => summary['tests'] !== 0 && summary['failed'] === 0 },
  read: (input) => {
    const content = input.trimStart().startsWith('{') ? shaped(parseJson(input), testReport) : readJUnit(input);
    const times = content.suites.flatMap(({ timestamp }) => (timestamp === null ? [] : [timestamp]));
    return { content, summary: summarise(content), madeAt: latest(times) };
  },
});

function summarise({ suites }: TestReport) {
  const cases = suites.flatMap((suite) => suite.cases);
  const times = (outcome: TestCase['outcome']) => cases.filter((item) => item.outcome === outcome).length;
  return {
    tests: cases.length,
    failed: times('failed'),
    skipped: times('skipped'),
    seconds: thousandths(cases.reduce((sum, item) => sum + item.seconds, 0)),
  };
}
