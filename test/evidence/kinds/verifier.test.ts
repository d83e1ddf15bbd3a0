import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalBytes, type JsonObject } from '../../../src/core/index.ts';
import { kinds } from '../../../src/evidence/kinds/index.ts';
import { kindOf as verifierOf } from '../../../src/evidence/verify/kinds/index.ts';
import { latestOf } from '../../../src/evidence/verify/kinds/times.ts';
import { collect, fixture, kindOf, refusal } from './collected.ts';

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

const component = fc.record({
  index: maybe(fc.constantFrom(-1, 0, 1, 2)),
  guid: maybe(fc.constantFrom('g', 'n', 'x')),
  name: maybe(fc.constantFrom('t', 'more', 'none', 'x')),
});
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
          rule: maybe(
            fc.record({ id: maybe(fc.constantFrom('a', 'b')), index: maybe(fc.constantFrom(-1, 0)), toolComponent: maybe(component) }),
          ),
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
                guid: 'g',
                rules: [{ id: rule.id, defaultConfiguration: { level: rule.level }, properties: { 'security-severity': rule.score } }],
              },
              extensions: [
                { name: 'more', rules: [{ id: 'a', properties: { 'security-severity': '9.5' } }] },
                { name: 'none', guid: 'n' },
              ],
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
    held: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
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

const kayenta = fc
  .record({
    score: fc.integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 10),
    classification: fc.constantFrom('Pass', 'Marginal', 'Fail'),
    results: fc.array(fc.record({ name: fc.constant('m'), classification: fc.constantFrom('Pass', 'High', 'Low', 'Error', 'Nodata') })),
    status: maybe(fc.constant('succeeded')),
    endTimeIso: maybe(moment),
    wrapped: fc.boolean(),
  })
  .map(({ score, classification, results, wrapped, ...about }) => {
    const judgeResult = { results, score: { score, classification } };
    return wrapped ? { ...about, complete: true, result: { judgeResult } } : { ...about, judgeResult };
  });

it.each<[string, fc.Arbitrary<unknown>]>([
  ['sarif', sarif],
  ['junit', junit],
  ['coverage', coverage],
  ['decision-latency', latency],
  ['k6', k6],
  ['canary', argo],
  ['canary', kayenta],
])('%s is read alike, whatever it says', (kind, documents) => {
  fc.assert(
    fc.property(documents, (document) => expectAgreement(kind, document)),
    { numRuns: 200 },
  );
});

const judgeResult = { results: [], score: { score: 100, classification: 'Pass' } };
const lines = (covered: number, total: number) => ({ lines: { covered, total } });
const rates = { branches: null, functions: null };

it.each<[what: string, kind: string, document: JsonObject]>([
  ['two judgements', 'canary', { complete: true, status: 'succeeded', judgeResult, result: { judgeResult } }],
  ['no judgement', 'canary', { complete: true, status: 'succeeded' }],
  ['a judgement before its end', 'canary', { complete: false, status: 'running', result: { judgeResult } }],
  ['a judgement before its end, by itself', 'canary', { complete: false, judgeResult }],
  ['a judgement without a name', 'canary', judgeResult],
  ['a run before its end', 'canary', { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', status: { phase: 'Running' } }],
  ['no metric', 'k6', { metrics: {} }],
  ['no threshold', 'k6', { metrics: { http_reqs: { count: 1, thresholds: {} } } }],
  ['more lines than its files have', 'coverage', { ...lines(100, 100), ...rates, files: [{ file: 'a', ...lines(0, 100) }] }],
  ['fewer lines than its files have', 'coverage', { ...lines(1, 1), ...rates, files: [{ file: 'a', ...lines(1, 2) }] }],
  ['lines of no file', 'coverage', { ...lines(1, 1), ...rates, files: [] }],
])('with %s an item of kind %s is refused by both', (_, kind, document) => {
  expect(refusal(kind, document)[0]).toBe('evidence.item_malformed');
  expect(() => verifierOf(kind).read?.(Buffer.concat([canonicalBytes(document), Buffer.from('\n')]))).toThrow();
});

it('the latest of more times than a call has arguments is found', () => {
  const times = Array.from({ length: 200_000 }, () => '2026-01-01T00:00:00Z');
  expect(latestOf([...times, '2026-01-01T02:00:00+01:00', undefined, null])).toBe('2026-01-01T01:00:00.000Z');
  expect(latestOf([undefined])).toBeUndefined();
});
