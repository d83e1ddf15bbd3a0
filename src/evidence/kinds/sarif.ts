import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { Malformed } from './read/malformed.ts';
import { latest } from './read/quantities.ts';
import { type Run, type Severity, sarifLog, severityOf } from './read/sarif-log.ts';

export const sarif: Kind = defineKind({
  name: 'sarif',
  title: 'a SARIF log',
  reads: 'SARIF 2.1.0 of a run that came to its end',
  measures: ['results', 'critical', 'high', 'medium', 'low', 'suppressed'],
  file: 'findings.sarif.json',
  mediaType: 'application/sarif+json',
  statement: { form: 'test-result', passed: ({ summary }) => summary['critical'] === 0 },
  read: (input) => {
    const content = parseJson(input);
    const { runs } = shaped(content, sarifLog);
    runs.forEach(assertWhole);
    const ends = runs.flatMap(({ invocations = [] }) =>
      invocations.flatMap(({ endTimeUtc }) => (endTimeUtc === undefined ? [] : [endTimeUtc])),
    );
    return { content, summary: summarise(runs), madeAt: latest(ends) };
  },
});

function summarise(runs: readonly Run[]) {
  const found = runs.flatMap((run) => run.results.map((result) => severityOf(result, run)));
  const times = (severity: Severity) => found.filter((one) => one === severity).length;
  return {
    results: found.length,
    critical: times('critical'),
    high: times('high'),
    medium: times('medium'),
    low: times('low'),
    suppressed: times('suppressed'),
  };
}

/** No findings are good news only of a tool that ran, and wrote all of them down here. */
function assertWhole({ tool, invocations = [], externalPropertyFileReferences }: Run): void {
  if (invocations.some(({ executionSuccessful }) => executionSuccessful === false))
    throw new Malformed(`the run of \`${tool.driver.name}\` failed`);
  if ((externalPropertyFileReferences?.results ?? []).length > 0)
    throw new Malformed(`the run of \`${tool.driver.name}\` keeps results in other files`);
}
