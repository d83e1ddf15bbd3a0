import { z } from 'zod';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';
import { millisecondsOf } from './numbers.ts';

const latency = z.strictObject({
  count: z.int().min(0),
  sum: z.number().min(0),
  buckets: z.array(z.strictObject({ le: z.union([z.number(), z.literal('+Inf')]), count: z.int().min(0) })).min(2),
});
type Bucket = { readonly le: number; readonly count: number };

export const readDecisionLatency: DocumentReader = (document) => {
  const { count, buckets: given } = parseAs(latency, document);
  const buckets = given.map(({ le, count: below }) => ({ le: le === '+Inf' ? Number.POSITIVE_INFINITY : le, count: below }));
  assertHistogram(buckets, count);
  if (count === 0) return { summary: { decisions: 0 }, passed: false };
  const quantile = (share: number) => millisecondsOf(quantileOf(share, buckets));
  return {
    summary: { decisions: count, p50Milliseconds: quantile(0.5), p95Milliseconds: quantile(0.95), p99Milliseconds: quantile(0.99) },
    passed: true,
  };
};

function assertHistogram(buckets: readonly Bucket[], count: number): void {
  const rises = buckets.every((bucket, index) => {
    const before = buckets[index - 1];
    return before === undefined || (before.le < bucket.le && before.count <= bucket.count);
  });
  const last = buckets.at(-1);
  ensure(rises && last?.le === Number.POSITIVE_INFINITY && last.count === count, 'its buckets are not those of a histogram');
}

/**
 * `histogram_quantile` of Prometheus (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile): linear
 * within the bucket that the rank falls in, from 0 in the first; in the last one, its lower bound.
 */
function quantileOf(share: number, buckets: readonly Bucket[]): number {
  const rank = share * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= rank);
  const [bucket, before] = [buckets[at], buckets[at - 1]];
  if (bucket === undefined) return Number.NaN;
  if (bucket.le === Number.POSITIVE_INFINITY) return before?.le ?? Number.NaN;
  if (before === undefined && bucket.le <= 0) return bucket.le;
  const { le: start, count: below } = before ?? { le: 0, count: 0 };
  return start + (bucket.le - start) * ((rank - below) / (bucket.count - below));
}
