import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { measureEvidence } from '../../src/catalog/index.ts';
import { packageRoot, readYaml } from '../../src/config/index.ts';
import { announceBreakGlass } from '../../src/incidents/index.ts';
import { witnessOutcomes } from '../../src/ledger/index.ts';
import { createLogger, Metrics } from '../../src/telemetry/index.ts';

const rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.record(z.string(), z.string()),
          annotations: z.record(z.string(), z.string()),
        }),
      ),
    }),
  ),
});

test('the alert rules that ship ask for series that a gateway shows from its start', async () => {
  const metrics = new Metrics();
  announceBreakGlass({ log: createLogger('silent'), metrics });
  const shown = await metrics.registry.metrics();
  const { groups } = readYaml(join(packageRoot(), 'config', 'prometheus', 'break-glass.yaml'), rules);
  const asked = groups.flatMap((group) => group.rules.flatMap(({ expr }) => expr.match(/countersign_\w+\{[^}]*\}/g) ?? []));
  expect(asked).toEqual(['countersign_break_glass_total{event="declare"}', 'countersign_break_glass_total{event="use"}']);
  for (const series of asked) expect(shown).toContain(`${series} 0`);
});

test('the alert rules on evidence ask for series that a gateway shows from its start, and name their runbooks', async () => {
  const metrics = new Metrics();
  measureEvidence(metrics);
  const { groups } = readYaml(join(packageRoot(), 'config', 'prometheus', 'evidence.yaml'), rules);
  const alerts = groups.flatMap((group) => group.rules);
  const names = alerts.map(({ expr }) => /countersign_\w+/.exec(expr)?.[0] ?? '');
  expect(names).toEqual([
    'countersign_evidence_missing_requirements',
    'countersign_evidence_promotions_refused_total',
    'countersign_evidence_waiver_end_timestamp_seconds',
  ]);
  const shown = await metrics.registry.metrics();
  for (const name of names) expect(shown).toMatch(new RegExp(`^${name}(\\{[^}]*\\})? 0$`, 'm'));
  const runbooks = readFileSync(join(packageRoot(), 'docs', 'evidence-runbooks.md'), 'utf8');
  for (const { alert, annotations } of alerts) {
    expect(annotations['runbook']).toBe(`docs/evidence-runbooks.md#${alert.toLowerCase()}`);
    expect(runbooks).toContain(`\n## ${alert}\n`);
  }
});

test('the alert rules on witnesses ask for outcomes and series that there are', () => {
  const { groups } = readYaml(join(packageRoot(), 'config', 'prometheus', 'witnesses.yaml'), rules);
  const asked = groups.flatMap((group) => group.rules.map(({ expr }) => expr));
  const outcomes = new Set<string>([...witnessOutcomes, 'refused']);
  expect(
    asked.flatMap((expr) => /outcome=~?"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? []).filter((outcome) => !outcomes.has(outcome)),
  ).toEqual([]);
  const metrics = new Metrics();
  const names = asked.map((expr) => /countersign_\w+/.exec(expr)?.[0] ?? '');
  expect(names.map((name) => metrics.registry.getSingleMetric(name) !== undefined)).toEqual([true, true, true, true]);
});
