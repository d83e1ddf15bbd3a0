import { z } from 'zod';
import { isJsonObject } from '../../core/index.ts';
import type { Kind, Summary } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { Malformed } from './read/malformed.ts';
import { count, ratio, thousandths } from './read/quantities.ts';

const values = z.looseObject({
  count: count.optional(),
  passes: count.optional(),
  fails: count.optional(),
  'p(95)': z.number().min(0).optional(),
});
/** `handleSummary`'s data: `ok` says that a threshold held. */
const handled = z.looseObject({
  metrics: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      contains: z.string(),
      values: values.extend({ rate: z.number().optional() }),
      thresholds: z.record(z.string(), z.looseObject({ ok: z.boolean() })).optional(),
    }),
  ),
});
/** `--summary-export`: the values are the metric, and true says that a threshold was crossed. */
const exported = z.looseObject({
  metrics: z.record(z.string(), values.extend({ value: z.number().optional(), thresholds: z.record(z.string(), z.boolean()).optional() })),
});

/** Both forms, as one. */
type Metric = z.infer<typeof values> & { readonly share: number | undefined; readonly held: readonly boolean[] };
type Metrics = ReadonlyMap<string, Metric>;

export const k6: Kind = defineKind({
  name: 'k6',
  title: 'a k6 summary',
  reads: 'the JSON of `k6 run --summary-export`, or of `handleSummary`',
  measures: ['thresholds', 'thresholdsFailed', 'checks', 'checksFailed', 'requests', 'errorRate', 'p95Milliseconds'],
  file: 'k6-summary.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: ({ summary }) => summary['thresholdsFailed'] === 0 },
  read: (input) => {
    const content = parseJson(input);
    return { content, summary: summarise(metricsOf(content)) };
  },
});

function summarise(metrics: Metrics): Summary {
  const held = [...metrics.values()].flatMap((metric) => metric.held);
  if (held.length === 0) throw new Malformed('it has no threshold, which would say whether the test passed');
  const checks = metrics.get('checks');
  const [share, p95] = [metrics.get('http_req_failed')?.share, metrics.get('http_req_duration')?.['p(95)']];
  return {
    thresholds: held.length,
    thresholdsFailed: held.filter((ok) => !ok).length,
    checks: (checks?.passes ?? 0) + (checks?.fails ?? 0),
    checksFailed: checks?.fails ?? 0,
    requests: metrics.get('http_reqs')?.count ?? 0,
    ...(share === undefined ? {} : { errorRate: shaped(share, ratio) }),
    ...(p95 === undefined ? {} : { p95Milliseconds: thousandths(p95) }),
  };
}

function metricsOf(document: unknown): Metrics {
  if (!isJsonObject(document) || !isJsonObject(document['metrics'])) throw otherForm(document);
  const isHandled = Object.values(document['metrics']).some((metric) => isJsonObject(metric) && 'values' in metric);
  return isHandled ? handledMetrics(document) : exportedMetrics(document);
}

function handledMetrics(document: unknown): Metrics {
  const metrics = Object.entries(shaped(document, handled).metrics);
  return new Map(
    metrics.map(([name, metric]) => {
      const held = Object.values(metric.thresholds ?? {}).map(({ ok }) => ok);
      return [name, { ...metric.values, share: metric.values.rate, held }];
    }),
  );
}

function exportedMetrics(document: unknown): Metrics {
  const metrics = Object.entries(shaped(document, exported).metrics);
  return new Map(
    metrics.map(([name, { thresholds = {}, value, ...metric }]) => {
      return [name, { ...metric, share: value, held: Object.values(thresholds).map((crossed) => !crossed) }];
    }),
  );
}

/** The machine-readable summary of k6 1.x leaves the thresholds out, and with them whether the test passed. */
function otherForm(document: unknown): Malformed {
  if (isJsonObject(document) && isJsonObject(document['results']))
    return new Malformed('this form of summary does not say which thresholds held; run k6 without `--new-machine-readable-summary`');
  return new Malformed('it has no `metrics`');
}
