/** Sorted samples and what is said of them. */
export type Summary = { readonly n: number; readonly p50: number; readonly p95: number; readonly p99: number };

export function summarise(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((one, other) => one - other);
  const at = (quantile: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** A line of the table that a benchmark prints. */
export function row(name: string, { p50, p95, p99 }: Summary, unit: string): string {
  const cell = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`.padStart(12);
  return `${name.padEnd(46)}${cell(p50)}${cell(p95)}${cell(p99)}`;
}

export const heading = `${''.padEnd(46)}${'p50'.padStart(12)}${'p95'.padStart(12)}${'p99'.padStart(12)}`;

/** Microseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1_000;
}
