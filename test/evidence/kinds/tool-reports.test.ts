import { describe, expect, it } from 'vitest';
import { collect, fixture, refusal } from './collected.ts';

const why = (kind: string, content: unknown) => refusal(kind, content)[1].replace(/^.*? is not [^:]*: /, '');
const content = (kind: string, given: unknown) => JSON.parse(collect(kind, given).bytes.toString('utf8'));

describe('JUnit', () => {
  it('is read as its writers have it', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
      <testsuites>
        <properties><property name="a" value="b"/></properties>
        <testsuite name="outer" timestamp="2026-01-01T10:00:00">
          <testcase classname="c" name="passes" time="1,000.5"><system-out>hello</system-out></testcase>
          <testsuite name="inner" errors="1" timestamp="2026-01-01 11:00:00.25+0100">
            <testcase name="breaks" time="2e-3"><error><![CDATA[boom <&>]]></error><skipped/></testcase>
            <testcase name="waits"><skipped message="later"/></testcase>
            <testcase name="was flaky" time="0.0005"><flakyFailure message="once"/></testcase>
          </testsuite>
        </testsuite>
        <testsuite name="odd" timestamp="Thu Jan 1"/>
      </testsuites>`;
    expect(content('junit', xml)).toEqual({
      suites: [
        {
          name: 'outer',
          timestamp: '2026-01-01T10:00:00.000Z',
          cases: [{ class: 'c', name: 'passes', seconds: 1000.5, outcome: 'passed', message: null }],
        },
        {
          name: 'inner',
          timestamp: '2026-01-01T10:00:00.250Z',
          cases: [
            { class: '', name: 'breaks', seconds: 0.002, outcome: 'failed', message: 'boom <&>' },
            { class: '', name: 'waits', seconds: 0, outcome: 'skipped', message: 'later' },
            { class: '', name: 'was flaky', seconds: 0.0005, outcome: 'passed', message: null },
          ],
        },
        { name: 'odd', timestamp: null, cases: [] },
      ],
    });
    expect(collect('junit', xml)).toMatchObject({
      summary: { tests: 4, failed: 1, skipped: 1, seconds: 1000.502 },
      madeAt: '2026-01-01T10:00:00.250Z',
    });
  });
});

describe('SARIF', () => {
  const run = (results: unknown, more: object = {}, rules: unknown = []) => ({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'scan', rules } }, results, ...more }],
  });
  const found = (more: object) => ({ message: { text: 'm' }, ...more });
  const scored = (score: unknown, level?: string) => ({
    id: 'r',
    defaultConfiguration: { level },
    properties: { 'security-severity': score },
  });

  it.each([
    ['critical', {}, scored('9.0')],
    ['high', {}, scored('8.9')],
    ['high', {}, scored(7)],
    ['medium', {}, scored('6.9')],
    ['medium', {}, scored('4.0')],
    ['low', { level: 'error' }, scored('3.9', 'error')],
    ['low', {}, scored('0.0')],
    ['high', { level: 'error' }, { id: 'r' }],
    ['medium', { level: 'warning' }, { id: 'r' }],
    ['low', { level: 'note' }, { id: 'r' }],
    ['low', { level: 'none' }, { id: 'r' }],
    ['high', {}, { id: 'r', defaultConfiguration: { level: 'error' } }],
    ['medium', {}, { id: 'r' }],
    ['low', { kind: 'pass' }, { id: 'r', defaultConfiguration: { level: 'error' } }],
    ['critical', { ruleId: 'r/1' }, scored('9.8')],
    ['critical', { ruleId: undefined, ruleIndex: 0 }, scored('9.8')],
    ['critical', { ruleId: undefined, rule: { index: 0 } }, scored('9.8')],
    ['medium', { ruleId: 'another' }, scored('9.8')],
    ['suppressed', { suppressions: [{ kind: 'inSource' }] }, scored('9.8')],
    ['suppressed', { suppressions: [{ kind: 'external', status: 'accepted' }] }, scored('9.8')],
    ['critical', { suppressions: [{ kind: 'external', status: 'underReview' }] }, scored('9.8')],
    ['critical', { suppressions: [{ kind: 'inSource' }, { kind: 'external', status: 'rejected' }] }, scored('9.8')],
    ['critical', { suppressions: [] }, scored('9.8')],
  ])('counts as %s: %j of %j', (severity, result, rule) => {
    const { summary } = collect('sarif', run([found({ ruleId: 'r', ...result })], {}, [rule]));
    expect(summary).toEqual({ results: 1, critical: 0, high: 0, medium: 0, low: 0, suppressed: 0, [severity]: 1 });
  });

  it('finds the rules of extensions', () => {
    const log = run([found({ ruleId: 'x' }), found({ rule: { index: 0, toolComponent: { index: 0 } } })]);
    const tool = { driver: { name: 'scan' }, extensions: [{ name: 'more', rules: [{ ...scored('9.9'), id: 'x' }] }] };
    expect(collect('sarif', { ...log, runs: [{ ...log.runs[0], tool }] }).summary['critical']).toBe(2);
  });

  it.each<[object, number]>([
    [{ guid: 'g-more' }, 1],
    [{ name: 'more' }, 1],
    [{ name: 'more', guid: 'g-more' }, 1],
    [{ name: 'more', guid: 'g-scan' }, 0],
    [{ guid: 'g-none' }, 0],
    [{ name: 'scan' }, 0],
    [{ index: -1 }, 0],
    [{}, 0],
  ])('takes the rule of the component that is referred to as %j, and no other', (toolComponent, critical) => {
    const log = run([found({ rule: { index: 0, toolComponent } }), found({ rule: { id: 'y', toolComponent } })]);
    const more = { name: 'more', guid: 'g-more', rules: [{ ...scored('9.9'), id: 'y' }] };
    const tool = { driver: { name: 'scan', guid: 'g-scan', rules: [{ ...scored('1.0'), id: 'x' }] }, extensions: [more] };
    expect(collect('sarif', { ...log, runs: [{ ...log.runs[0], tool }] }).summary).toMatchObject({ critical: 2 * critical });
  });

  it('is of the day when the last run ended', () => {
    const invocations = [
      { executionSuccessful: true, endTimeUtc: '2026-01-01T00:00:00Z' },
      { executionSuccessful: true, endTimeUtc: '2026-01-02T01:00:00+02:00' },
    ];
    expect(collect('sarif', run([], { invocations })).madeAt).toBe('2026-01-01T23:00:00.000Z');
  });

  it.each([
    ['a run that failed', run([], { invocations: [{ executionSuccessful: false }] }), 'the run of `scan` failed'],
    [
      'a run that found nothing because it did not look',
      run(undefined),
      'invalid input: expected array, received undefined at `$.runs[0].results`',
    ],
    [
      'results in other files',
      run([], { externalPropertyFileReferences: { results: [{ location: {} }] } }),
      'the run of `scan` keeps results in other files',
    ],
    ['no run', { version: '2.1.0', runs: [] }, 'too small: expected array to have >=1 items at `$.runs`'],
    ['another version', { ...run([]), version: '2.0.0' }, 'invalid input: expected "2.1.0" at `$.version`'],
    [
      'a score that is none',
      run([], {}, [scored('grave')]),
      'invalid input: expected number, received string at `$.runs[0].tool.driver.rules[0].properties.security-severity`',
    ],
    [
      'a score beyond ten',
      run([], {}, [scored('10.1')]),
      'too big: expected number to be <=10 at `$.runs[0].tool.driver.rules[0].properties.security-severity`',
    ],
  ])('with %s is refused', (_, log, message) => {
    expect(why('sarif', log)).toBe(message);
  });
});

describe('coverage', () => {
  const summary = (covered: number, total: number) => ({
    lines: { covered, total },
    branches: { covered: 0, total: 0 },
    functions: { covered: 1, total: 3 },
  });

  it('is the same from every tool that measured the same', () => {
    const [istanbul, lcov, cobertura] = ['coverage-summary.json', 'lcov.info', 'cobertura.xml'].map((file) =>
      content('coverage', fixture(`coverage/${file}`)),
    );
    expect(lcov).toEqual({ ...istanbul, files: [{ ...istanbul.files[0], file: 'src/sum.js' }] });
    expect(cobertura).toEqual({ ...lcov, functions: null });
  });

  it('is rounded down, says nothing of what there is none of, and forgets the folder', () => {
    const report = { total: summary(1999, 2000), '/w/b/src/z.ts': summary(999, 1000), '/w/b/lib/a.ts': summary(1000, 1000) };
    const item = collect('coverage', report);
    expect(item.summary).toEqual({ lines: 99.95, functions: 33.33 });
    expect(content('coverage', report).files.map(({ file }: { file: string }) => file)).toEqual(['lib/a.ts', 'src/z.ts']);
    expect(content('coverage', { total: summary(1, 2), '/w/a.ts': summary(1, 2) }).files[0].file).toBe('a.ts');
  });

  it.each([
    [
      'a total that is not that of its files',
      { total: summary(2, 2), 'a.ts': summary(1, 2) },
      'its files have 1 of 2 lines covered, and its total says 2 of 2',
    ],
    [
      'a total of our own form that is not that of its files',
      {
        lines: { covered: 100, total: 100 },
        branches: null,
        functions: null,
        files: [{ file: 'a.ts', lines: { covered: 0, total: 100 } }],
      },
      'its files have 0 of 100 lines covered, and its total says 100 of 100',
    ],
    ['a total and no files', { total: summary(2, 2) }, 'its files have 0 of 0 lines covered, and its total says 2 of 2'],
    ['more than all covered', { total: summary(3, 2) }, 'more is covered than there is at `$.lines`'],
    ['no lines', { total: summary(0, 0) }, 'it names no line'],
    ['a record without end', 'SF:a\nDA:1,1\n', 'the record of `a` has no end'],
    ['a record in another', 'SF:a\nSF:b\nend_of_record\n', 'the record of `a` has no end'],
    ['an end without record', 'TN:\nend_of_record\n', 'a record ends that did not begin'],
    [
      'two records of a file',
      'SF:a\nDA:1,1\nend_of_record\nSF:a\nDA:1,0\nend_of_record\n',
      'it has two records of `a`; merge them with `lcov -a`',
    ],
    [
      'totals that are not those of its lines',
      'SF:a\nDA:1,0\nLF:1\nLH:1\nend_of_record\n',
      'the lines of `a` are 0 of 1 covered, and its totals say 1 of 1',
    ],
    ['a line of something else', 'SF:a\nhello there\nend_of_record\n', 'it is not a tracefile of lcov (a line begins `hello there`)'],
  ])('with %s is refused', (_, given, message) => {
    expect(why('coverage', given)).toBe(message);
  });

  it('of Cobertura adds up the classes of a file', () => {
    const file = (lines: string) => `<class filename="a.py"><lines>${lines}</lines></class>`;
    const line = (number: number, hits: number, more = '') => `<line number="${number}" hits="${hits}" ${more}/>`;
    const both = file(line(1, 1) + line(2, 0)) + file(line(2, 3, 'branch="true" condition-coverage="50% (1/2)"'));
    expect(content('coverage', `<coverage><packages><package><classes>${both}</classes></package></packages></coverage>`)).toEqual({
      lines: { covered: 2, total: 2 },
      branches: { covered: 1, total: 2 },
      functions: null,
      files: [{ file: 'a.py', lines: { covered: 2, total: 2 } }],
    });
  });
});

describe('coverage of policies', () => {
  it('is that of the policies without their tests, and none of nothing', () => {
    const files = { 'a_test.rego': { covered_lines: 100 }, 'b.rego': { covered_lines: 2, not_covered_lines: 1 }, 'a.rego': {} };
    expect(content('decision-coverage', { files, coverage: 99 })).toEqual({
      coverage: 66.66,
      files: [
        { file: 'a.rego', covered: 0, notCovered: 0 },
        { file: 'b.rego', covered: 2, notCovered: 1 },
      ],
    });
    expect(why('decision-coverage', { files: { 'a_test.rego': { covered_lines: 1 } }, coverage: 100 })).toBe(
      'it names no line of a policy',
    );
  });
});

describe('the time of decisions', () => {
  const name = 'countersign_decision_duration_seconds';
  const series = (action: string, counts: readonly number[], bounds = ['0.001', '0.01', '+Inf']) =>
    [
      ...counts.map((count, index) => `${name}_bucket{action="${action}",le="${bounds[index]}"} ${count}`),
      `${name}_count{action="${action}"} ${counts.at(-1)}`,
      `${name}_sum{action="${action}"} 0.5`,
      '',
    ].join('\n');

  it('is added up over all actions, with the quantiles of PromQL', () => {
    const text = `# HELP x y\nup 1 1700000000000\n${series('a} \\" \\\\', [1, 3, 4])}${series('b', [0, 5, 6])}nan_is NaN\n`;
    expect(content('decision-latency', text)).toEqual({
      count: 10,
      sum: 1,
      buckets: [
        { le: 0.001, count: 1 },
        { le: 0.01, count: 8 },
        { le: '+Inf', count: 10 },
      ],
    });
    // rank 5 of 10 in a bucket of 7 from 1 ms to 10 ms, which begins at rank 1; ranks 9.5 and 9.9 are beyond the last bound.
    expect(collect('decision-latency', text).summary).toEqual({
      decisions: 10,
      p50Milliseconds: 6.142,
      p95Milliseconds: 10,
      p99Milliseconds: 10,
    });
  });

  it('of no decision has no quantile', () => {
    expect(collect('decision-latency', series('a', [0, 0, 0])).summary).toEqual({ decisions: 0 });
  });

  it.each([
    ['no such histogram', 'up 1\n', `it has no histogram \`${name}\``],
    ['a last line that was cut off', series('a', [1, 2, 2]).trimEnd(), 'its last line has no end'],
    [
      'other buckets for another action',
      series('a', [1, 2, 2]) + series('b', [1, 2, 2], ['0.002', '0.01', '+Inf']),
      'bucket `0.001` is there 1 times, of 2',
    ],
    ['buckets that count down', series('a', [2, 1, 2]), 'bucket `0.01` is not in order'],
    [
      'a count that is another',
      series('a', [1, 2, 2]).replace('_count{action="a"} 2', '_count{action="a"} 3'),
      'the last bucket is not `+Inf` with all of the count',
    ],
    ['no last bucket', series('a', [1, 2]), 'the last bucket is not `+Inf` with all of the count'],
    ['a bound that is none', series('a', [1, 2, 2], ['low', '1', '+Inf']), 'a bucket ends at `low`'],
    [
      'half a decision',
      series('a', [1, 2.5, 2.5]),
      'invalid input: expected int, received number at `$.count`; invalid input: expected int, received number at `$.buckets[1].count`; invalid input: expected int, received number at `$.buckets[2].count`',
    ],
    [
      'a line without end',
      `x{a="${'y'.repeat(20_000)}"} 1\n`,
      'it is not the text format of Prometheus (a line begins `x{a="yyyyyyyyyyyyyyyyyyy`)',
    ],
  ])('with %s is refused', (_, text, message) => {
    expect(why('decision-latency', text)).toBe(message);
  });
});
