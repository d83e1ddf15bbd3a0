import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kinds } from '../../../src/evidence/kinds/index.ts';
import { kindOf as verifierOf } from '../../../src/evidence/verify/kinds/index.ts';
import { collect, fixture, kindOf } from './collected.ts';

/** What the collector says of an item is what the verifier, which shares no code with it, reads from the bytes. */
function expectAgreement(kind: string, given: unknown): void {
  const item = collect(kind, given);
  const { statement } = kindOf(kind);
  const passed = statement.form === 'test-result' ? { passed: statement.passed(item) } : {};
  const { claims: _, madeAt = null, ...read } = verifierOf(kind).read?.(item.bytes) ?? {};
  expect({ ...read, madeAt }).toEqual({ summary: item.summary, ...passed, madeAt: item.madeAt });
}

const files = kinds.flatMap(({ name }) =>
  readdirSync(join(import.meta.dirname, '../../fixtures/evidence', name)).map((file) => [name, `${name}/${file}`] as const),
);
it.each(files.filter(([, file]) => file !== 'k6/machine-readable.json'))('%s: %s is read alike', (kind, file) => {
  expectAgreement(kind, fixture(file));
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
const share = fc
  .integer({ min: 0, max: 1_000 })
  .chain((total) => fc.integer({ min: 0, max: total }).map((covered) => ({ covered, total })));
const sum = (parts: readonly { covered: number; total: number }[]) =>
  parts.reduce((all, { covered, total }) => ({ covered: all.covered + covered, total: all.total + total }), { covered: 0, total: 0 });

const sarif = fc
  .record({
    id: fc.constantFrom('a', 'b'),
    level: maybe(fc.constantFrom('none', 'note', 'warning', 'error')),
    score: maybe(fc.integer({ min: 0, max: 100 }).map((tenths) => (tenths / 10).toFixed(1))),
  })
  .chain((rule) =>
    fc
      .array(
        fc.record({
          message: fc.constant({ text: 'm' }),
          ruleId: fc.constantFrom('a', 'b', 'a/1', 'c', undefined),
          ruleIndex: fc.constantFrom(undefined, -1, 0),
          kind: maybe(fc.constantFrom('fail', 'pass', 'review', 'open')),
          level: maybe(fc.constantFrom('none', 'note', 'warning', 'error')),
          suppressions: maybe(
            fc.array(fc.record({ kind: fc.constant('inSource'), status: maybe(fc.constantFrom('accepted', 'underReview', 'rejected')) }), {
              maxLength: 2,
            }),
          ),
        }),
        { maxLength: 6 },
      )
      .map((results) => ({
        version: '2.1.0',
        runs: [
          {
            tool: {
              driver: {
                name: 't',
                rules: [{ id: rule.id, defaultConfiguration: { level: rule.level }, properties: { 'security-severity': rule.score } }],
              },
            },
            results,
          },
        ],
      })),
  );

const junit = fc
  .array(fc.record({ time: fc.nat(5_000_000), outcome: fc.constantFrom('', '<failure/>', '<error/>', '<skipped/>'), at: maybe(moment) }))
  .map(
    (cases) =>
      `<testsuites>${cases.map(({ time, outcome, at }) => `<testsuite name="s"${at === undefined ? '' : ` timestamp="${at}"`}><testcase name="c" time="${time / 1e6}">${outcome}</testcase></testsuite>`).join('')}</testsuites>`,
  );

const coverage = fc
  .record({
    files: fc.array(
      share.filter(({ total }) => total > 0),
      { minLength: 1 },
    ),
    branches: share,
    functions: share,
  })
  .map(({ files: parts, ...rest }) => ({
    total: { lines: sum(parts), ...rest },
    ...Object.fromEntries(parts.map((lines, index) => [`/w/${index % 3}/f${index}.ts`, { lines, ...rest }])),
  }));

const latency = fc.array(fc.nat(1_000), { minLength: 2, maxLength: 9 }).map((counts) => {
  const name = 'countersign_decision_duration_seconds';
  const all = counts.map((_, index) => counts.slice(0, index + 1).reduce((total, count) => total + count, 0));
  const bound = (index: number) => (index === counts.length - 1 ? '+Inf' : String(0.00037 * 2.5 ** index));
  return `${all.map((count, index) => `${name}_bucket{le="${bound(index)}"} ${count}\n`).join('')}${name}_count ${all.at(-1)}\n${name}_sum 1\n`;
});

const k6 = fc
  .record({
    failed: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
    p95: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
    held: fc.array(fc.boolean(), { maxLength: 3 }),
    handled: fc.boolean(),
  })
  .map(({ failed, p95, held, handled }) => {
    const thresholds = Object.fromEntries(held.map((ok, index) => [`x<${index}`, handled ? { ok } : !ok]));
    const metric = (values: object, more: object = {}) =>
      handled ? { type: 't', contains: 'c', values, ...more } : { ...values, ...more };
    return {
      metrics: {
        http_reqs: metric({ count: 7 }),
        ...(failed === undefined ? {} : { http_req_failed: metric(handled ? { rate: failed } : { value: failed }) }),
        http_req_duration: metric({ avg: 1, 'p(95)': p95 }, { thresholds }),
      },
    };
  });

const argo = fc
  .record({
    phase: fc.constantFrom('Successful', 'Failed', 'Error', 'Inconclusive'),
    completedAt: maybe(moment),
    metricResults: maybe(
      fc.array(fc.record({ name: fc.constant('m'), phase: fc.constantFrom('Successful', 'Failed', 'Error'), dryRun: maybe(fc.boolean()) })),
    ),
  })
  .map((status) => ({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', metadata: {}, spec: {}, status }));

it.each<[string, fc.Arbitrary<unknown>]>([
  ['sarif', sarif],
  ['junit', junit],
  ['coverage', coverage],
  ['decision-latency', latency],
  ['k6', k6],
  ['canary', argo],
])('%s is read alike, whatever it says', (kind, documents) => {
  fc.assert(
    fc.property(documents, (document) => expectAgreement(kind, document)),
    { numRuns: 200 },
  );
});
