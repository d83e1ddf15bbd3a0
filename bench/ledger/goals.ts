/** A number beside the goal it is held against. */
export type Goal = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly best: 'least' | 'most';
  readonly unit: string;
};

export function goalLine({ what, measured, limit, best, unit }: Goal): string {
  const met = best === 'least' ? measured <= limit : measured >= limit;
  const goal = `goal ${best === 'least' ? '≤' : '≥'} ${limit}${unit}`;
  return `${what.padEnd(62)}${`${measured.toFixed(measured < 100 ? 2 : 0)}${unit}`.padStart(14)}   ${goal.padEnd(20)}${met ? 'met' : 'NOT MET'}`;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
