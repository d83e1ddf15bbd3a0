import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kinds } from '../../../src/evidence/kinds/index.ts';
import { at, fixture, kindOf } from './collected.ts';

/** Real files of real tools (test/fixtures/evidence/README.md), and all that is made of them. `passed` is null where nothing passes or fails. */
const files: readonly { file: string; summary: object; madeAt: string | null; passed: boolean | null; sha256: string }[] = [
  {
    file: 'sbom-cyclonedx/npm.json',
    summary: { components: 4, licensed: 4, vulnerabilities: 0 },
    madeAt: '2026-01-01T00:00:00.000Z',
    passed: null,
    sha256: 'f04a91b2e39069dc802e7ae196f4b03d8d3a93780aa3a550cabd2bf5e17c1cda',
  },
  {
    file: 'sbom-cyclonedx/syft.json',
    summary: { components: 6, licensed: 5, vulnerabilities: 0 },
    madeAt: '2026-01-01T00:00:00.000Z',
    passed: null,
    sha256: '7a7e277428d255ccc56470d31eeed74c0a911bb355ceea1b4630883a7ce58d20',
  },
  {
    file: 'sbom-spdx/npm.json',
    summary: { packages: 5, licensed: 5 },
    madeAt: '2026-01-01T00:00:00.000Z',
    passed: null,
    sha256: '106e21e05766184c190134cd8cd29d7aedf9d8a1897b94636623eace537f70bb',
  },
  {
    file: 'sbom-spdx/syft.json',
    summary: { packages: 6, licensed: 5 },
    madeAt: '2026-01-01T00:00:00.000Z',
    passed: null,
    sha256: '23aa70ef8b1e4071d694b72769846171e67d4727863f7318cbc00cf381eca498',
  },
  {
    file: 'provenance/github-statement.json',
    summary: {
      builder: 'https://github.com/example/countersign/.github/workflows/release.yml@refs/tags/v0.1.0',
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      materials: 1,
    },
    madeAt: '2026-01-01T10:02:31.500Z',
    passed: null,
    sha256: '5d27a4f24bd765c344132a25d456f47ffe3abf6fddcd26665e608e60a089de1e',
  },
  {
    file: 'provenance/ours.json',
    summary: { builder: 'https://countersign.dev/builder/local', buildType: 'https://countersign.dev/build/ig-evidence/v1', materials: 1 },
    madeAt: null,
    passed: null,
    sha256: 'a0d91f432d51132f4648b4abe4ab726a950ba7f49756fb5deb54166f7ec01946',
  },
  {
    file: 'schema-diff-graphql/ours.json',
    summary: { breaking: 4, dangerous: 0, safe: 198 },
    madeAt: null,
    passed: null,
    sha256: '072ce1e130639fb08e11dde028cf85a123f7f0a003a54fb003b765ebdf0e6cb3',
  },
  {
    file: 'schema-diff-sql/ours.json',
    summary: { breaking: 2, dangerous: 4, safe: 22 },
    madeAt: null,
    passed: null,
    sha256: '45078195ead554bfbce5f1d3ac6b370d4fdc6b13acaa755fe7df608168c13de6',
  },
  {
    file: 'k6/export-failed.json',
    summary: {
      thresholds: 2,
      thresholdsFailed: 1,
      checks: 4564,
      checksFailed: 2282,
      requests: 4564,
      errorRate: 0.5,
      p95Milliseconds: 0.28,
    },
    madeAt: null,
    passed: false,
    sha256: 'f39b4b892eabdd3ec8d02328fee60f00dec574e9181c93df0795f883304b72f3',
  },
  {
    file: 'k6/export.json',
    summary: { thresholds: 4, thresholdsFailed: 0, checks: 5020, checksFailed: 0, requests: 5020, errorRate: 0, p95Milliseconds: 0.626 },
    madeAt: null,
    passed: true,
    sha256: '04b0e8fb2022c785535ac5721e74464d83a0f0c85ea3b0b5001ac20d64e16f6f',
  },
  {
    file: 'k6/handle-summary-failed.json',
    summary: {
      thresholds: 2,
      thresholdsFailed: 1,
      checks: 5156,
      checksFailed: 2578,
      requests: 5156,
      errorRate: 0.5,
      p95Milliseconds: 0.202,
    },
    madeAt: null,
    passed: false,
    sha256: '4a029785329985d39a26de56b3f6b23e6f50b0668b602f0d1517011f722940a7',
  },
  {
    file: 'k6/handle-summary.json',
    summary: { thresholds: 4, thresholdsFailed: 0, checks: 2919, checksFailed: 0, requests: 2919, errorRate: 0, p95Milliseconds: 0.807 },
    madeAt: null,
    passed: true,
    sha256: '522c7c2c5b5a610109a3b7265d1bd94a403a26c5608e2507f21e6c3974e7218d',
  },
  {
    file: 'chaos/ledger.json',
    summary: { rounds: 3, acknowledged: 285, lost: 0, duplicated: 0 },
    madeAt: null,
    passed: true,
    sha256: 'c766ba7c347615534238d207ca749e0af1277e86bca3643b7d46558f5240b6f4',
  },
  {
    file: 'canary/analysis-run.json',
    summary: { score: 100, metrics: 2, metricsFailed: 0 },
    madeAt: '2026-01-01T08:03:00.000Z',
    passed: true,
    sha256: 'b29ed6157b6873af590d869883aa72259862ed4a569d7b1b9fc515775d400b0a',
  },
  {
    file: 'canary/kayenta.json',
    summary: { score: 75, metrics: 3, metricsFailed: 1 },
    madeAt: '2026-01-01T09:00:12.345Z',
    passed: false,
    sha256: '63803577f26d752ab2a177f180a508f60a91e95d2ad41d022d601fa853e619a0',
  },
  {
    file: 'dr-drill/failover.json',
    summary: { rpoSeconds: 4, rtoSeconds: 611.5, steps: 3, stepsFailed: 0 },
    madeAt: '2026-01-01T06:14:30.000Z',
    passed: true,
    sha256: 'e071aace0daa92204ee305327db96a05b6b7e2cd05c382ed12a92134f68bbee4',
  },
  {
    file: 'residency/two-regions.json',
    summary: { tenants: 2, probes: 5, violations: 2 },
    madeAt: '2026-01-01T07:00:00.000Z',
    passed: null,
    sha256: 'e5980d9b08fcc13101451e04d2e8eda4c81f14b03b67e9f7f734809e97c420de',
  },
  {
    file: 'slo-report/quarter.json',
    summary: { objectives: 3, breached: 1, worstBurn: 1.15 },
    madeAt: '2025-12-31T23:59:59.000Z',
    passed: null,
    sha256: 'abfe3d463e3859fa1d75fd087ab0ce5a89b1efe5a62f8b13e74d42349602a5c6',
  },
  {
    file: 'junit/vitest-failed.xml',
    summary: { tests: 5, failed: 1, skipped: 1, seconds: 0.008 },
    madeAt: '2026-11-21T16:45:24.845Z',
    passed: false,
    sha256: '9a7e9bcc37bb5e36e716d76cdc177e3a947d59c18dfb1625f2688582261649a2',
  },
  {
    file: 'junit/vitest.xml',
    summary: { tests: 3, failed: 0, skipped: 1, seconds: 0.002 },
    madeAt: '2026-11-21T16:45:25.568Z',
    passed: true,
    sha256: 'f039b0addc5e37dfc235ab8afe711da4043c0aa513247c85696a6f0df0a16ed6',
  },
  {
    file: 'sarif/biome-findings.json',
    summary: { results: 5, critical: 0, high: 3, medium: 1, low: 1, suppressed: 0 },
    madeAt: null,
    passed: true,
    sha256: '0424765f71d0d09eab1c5841d97201b38cca983c9e1c7e688845a3adaaec7529',
  },
  {
    file: 'sarif/regal.json',
    summary: { results: 1, critical: 0, high: 1, medium: 0, low: 0, suppressed: 0 },
    madeAt: null,
    passed: true,
    sha256: '29072d65083e8717656f46037f07a869d7509dd3e61aa757443aa59874e43341',
  },
  {
    file: 'coverage/cobertura.xml',
    summary: { lines: 55.55, branches: 66.66 },
    madeAt: null,
    passed: true,
    sha256: 'f45e875ba82bc6e88e2217ec0e8be8ccb372d51600a270c9d801f5b390815e23',
  },
  {
    file: 'coverage/coverage-summary.json',
    summary: { lines: 55.55, branches: 66.66, functions: 50 },
    madeAt: null,
    passed: true,
    sha256: 'e02dbabaf239c0ca8f85f4e3e9eb7b1b263ced09e205cdee6b68a5b303ded4e6',
  },
  {
    file: 'coverage/lcov.info',
    summary: { lines: 55.55, branches: 66.66, functions: 50 },
    madeAt: null,
    passed: true,
    sha256: 'acfb0b264654c1d745e1bef1a63561876f86fe189a7b0df6767220711921b764',
  },
  {
    file: 'decision-coverage/opa.json',
    summary: { lines: 60, files: 1 },
    madeAt: null,
    passed: true,
    sha256: '5af2451121ea4774348f5c61dbe2c285c346b3d7bc1ecae48c57b448fde29357',
  },
  {
    file: 'decision-latency/metrics.txt',
    summary: { decisions: 10, p50Milliseconds: 0.5, p95Milliseconds: 1.75, p99Milliseconds: 2.35 },
    madeAt: null,
    passed: true,
    sha256: '3ebea1edf196d100568dcf156c130248b99e126eb9cc4c49b309313312da5f0e',
  },
  {
    file: 'migration-timeline/blue-green.json',
    summary: { phases: 3, cutoverSeconds: 2.25, errorRate: 0.0004, score: 97.5, backoutValidated: true },
    madeAt: '2026-01-01T01:22:05.250Z',
    passed: null,
    sha256: '122bf953ae18e743d1acd5bd0eeb8afc062061ce8efeae2cc232c815675d4f0c',
  },
];

it.each(files)('collects $file', ({ file, summary, madeAt, passed, sha256 }) => {
  const kind = kindOf(file.split('/')[0] ?? '');
  const item = kind.collect({ path: file, bytes: fixture(file), at });
  expect({ summary: item.summary, madeAt: item.madeAt, sha256: hash('sha256', item.bytes) }).toEqual({ summary, madeAt, sha256 });
  expect(kind.statement.form === 'test-result' ? kind.statement.passed(item) : null).toBe(passed);
  expect(Object.keys(item.summary).filter((name) => !kind.measures.includes(name))).toEqual([]);
});

it('has a real file of every kind, and no fixture without a kind', () => {
  const folders = readdirSync(join(import.meta.dirname, '../../fixtures/evidence')).filter((name) => name !== 'README.md');
  expect(folders.toSorted()).toEqual(kinds.map(({ name }) => name).toSorted());
  expect([...new Set(files.map(({ file }) => file.split('/')[0]))].toSorted()).toEqual(folders.toSorted());
});
