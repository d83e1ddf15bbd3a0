import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/index.ts';
import { assertPlain } from '../../../src/evidence/kinds/read/plain-json.ts';
import { collect, fixture } from './collected.ts';

const files = [
  'sbom-cyclonedx/npm.json',
  'sbom-cyclonedx/syft.json',
  'sbom-spdx/npm.json',
  'sbom-spdx/syft.json',
  'provenance/github-statement.json',
  'schema-diff-sql/ours.json',
  'k6/export.json',
  'k6/handle-summary.json',
  'chaos/ledger.json',
  'canary/kayenta.json',
  'canary/analysis-run.json',
  'dr-drill/failover.json',
  'residency/two-regions.json',
  'slo-report/quarter.json',
  'junit/vitest-failed.xml',
  'sarif/biome-findings.json',
  'coverage/coverage-summary.json',
  'coverage/lcov.info',
  'coverage/cobertura.xml',
  'decision-coverage/opa.json',
  'decision-latency/metrics.txt',
  'migration-timeline/blue-green.json',
];

const kindOf = (file: string) => file.split('/')[0] ?? '';

it.each(files)('%s collected again is what it was', (file) => {
  const item = collect(kindOf(file), fixture(file));
  expect(collect(kindOf(file), item.bytes)).toEqual(item);
});

it.each(files.filter((file) => file.endsWith('.json')))('%s is the same in any order of its keys', (file) => {
  const item = collect(kindOf(file), fixture(file));
  const document: Json = JSON.parse(fixture(file).toString('utf8'));
  fc.assert(
    fc.property(fc.integer(), fc.nat(2), (seed, indent) => {
      expect(collect(kindOf(file), JSON.stringify(shuffled(document, seed), null, indent))).toEqual(item);
    }),
    { numRuns: 8 },
  );
});

/** The same value, its keys in an order that the seed chooses. */
function shuffled(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) => [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0) + seed) % 1009, 7);
  const entries = Object.entries(value satisfies object).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]): [string, Json] => [key, shuffled(item, seed)]));
}

describe('keys', () => {
  const plainKey = fc.string().filter((key) => key !== '__proto__');
  const tree = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
      fc.array(tie('value')),
      tie('object'),
    ),
    object: fc.dictionary(plainKey, tie('value')),
  }));

  it('that stand once are never refused', () => {
    fc.assert(fc.property(tree.value, fc.nat(2), (value, indent) => assertPlain(JSON.stringify(value, null, indent))));
  });

  it('that stand twice are always refused, wherever they are and however they are escaped', () => {
    const escaped = (key: string) =>
      `"${[...key].map((letter) => (letter.length === 1 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter)).join('')}"`;
    fc.assert(
      fc.property(tree.object, tree.value, plainKey, (object, value, key) => {
        const inner = JSON.stringify({ ...object, [key]: value });
        const twice = inner === '{}' ? inner : `${inner.slice(0, -1)},${escaped(key)}:${JSON.stringify(value)}}`;
        expect(() => assertPlain(`[0,{"outer":${twice}}]`)).toThrow('is there twice, at `$[1].outer`');
      }),
    );
  });
});
