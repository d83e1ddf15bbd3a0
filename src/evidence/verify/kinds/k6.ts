import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../../../core/index.ts';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';
import { downToThousandths } from './numbers.ts';

const k6 = z.looseObject({ metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), z.json()).optional() })) });

/**
 * Two forms: of `handleSummary`, `{type, contains, values: {…}, thresholds: {"p(95)<500": {ok}}}` a metric; of `--summary-export`,
 * `{…values, thresholds: {"p(95)<500": failed}}`, where true says that it was crossed.
 */
export const readK6: DocumentReader = (document) => {
  const { metrics } = parseAs(k6, document);
  const thresholds = Object.values(metrics).flatMap((metric) => Object.values(metric.thresholds ?? {}));
  ensure(thresholds.length > 0, 'it has no threshold');
  const failed = thresholds.filter(hasFailed).length;
  const value = (metric: string, ...names: readonly string[]) => numberIn(metrics[metric], names);
  const errorRate = value('http_req_failed', 'rate', 'value');
  const p95 = value('http_req_duration', 'p(95)');
  const checksFailed = value('checks', 'fails') ?? 0;
  return {
    summary: {
      thresholds: thresholds.length,
      thresholdsFailed: failed,
      checks: (value('checks', 'passes') ?? 0) + checksFailed,
      checksFailed,
      requests: value('http_reqs', 'count') ?? 0,
      ...(errorRate === undefined ? {} : { errorRate }),
      ...(p95 === undefined ? {} : { p95Milliseconds: downToThousandths(p95) }),
    },
    passed: failed === 0,
  };
};

function hasFailed(threshold: Json): boolean {
  return isJsonObject(threshold) ? threshold['ok'] !== true : threshold !== false;
}

function numberIn(metric: { readonly [key: string]: unknown } | undefined, names: readonly string[]): number | undefined {
  const values: JsonObject | { readonly [key: string]: unknown } = isJsonObject(metric?.['values']) ? metric['values'] : (metric ?? {});
  for (const name of names) {
    const value = values[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}
