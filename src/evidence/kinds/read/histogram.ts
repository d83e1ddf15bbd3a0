import { z } from 'zod';
import { Malformed } from './malformed.ts';
import { count, seconds } from './quantities.ts';

const bucket = z.strictObject({ le: z.union([z.number(), z.literal('+Inf')]), count });
/** Buckets as Prometheus has them: each counts those before it as well, the last all. */
export const histogram = z.strictObject({ count, sum: seconds, buckets: z.array(bucket).min(2) });
export type Histogram = z.infer<typeof histogram>;

/** @throws Malformed */
export function assertCumulative({ count: all, buckets }: Histogram): void {
  const last = buckets.at(-1);
  if (last?.le !== '+Inf' || last.count !== all) throw new Malformed('the last bucket is not `+Inf` with all of the count');
  for (const [index, { le, count }] of buckets.slice(1).entries()) {
    const before = buckets[index];
    if (before === undefined || Number(before.le) >= boundOf(le) || before.count > count)
      throw new Malformed(`bucket \`${le}\` is not in order`);
  }
}

/** PromQL's `histogram_quantile`: by straight lines within a bucket, and the greatest bound where the last bucket has it. */
export function quantileOf({ count: all, buckets }: Histogram, quantile: number): number {
  const rank = quantile * all;
  const found = buckets.slice(0, -1).findIndex((one) => one.count >= rank);
  const place = found < 0 ? buckets.length - 1 : found;
  const [end, before] = [boundOf(buckets[place]?.le ?? 0), buckets[place - 1]];
  const start = before === undefined ? 0 : boundOf(before.le);
  if (place === buckets.length - 1) return start;
  if (before === undefined && end <= 0) return end;
  const [below, within] = [before?.count ?? 0, (buckets[place]?.count ?? 0) - (before?.count ?? 0)];
  return start + (end - start) * ((rank - below) / within);
}

function boundOf(le: Histogram['buckets'][number]['le']): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : le;
}
