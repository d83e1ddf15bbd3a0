import type { Histogram } from './histogram.ts';
import { beginningOf } from './json.ts';
import { Malformed } from './malformed.ts';

/** A sample of the text format (https://prometheus.io/docs/instrumenting/exposition_formats): name, labels, value, and perhaps a time or an exemplar. */
const sample =
  /^([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf)|nan)(?:\s+-?[\d.]+)?(?:\s+#.*)?$/i;
const labels = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/** No real line comes near it; regular expressions must not meet longer ones. */
const LONGEST_LINE = 16_384;

type Sample = { readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly value: number };

/** One histogram over all of its label sets, which must have the same buckets. @throws Malformed */
export function histogramIn(text: string, metric: string): Histogram {
  const samples = text.split('\n').flatMap(toSample);
  if (!text.endsWith('\n')) throw new Malformed('its last line has no end');
  const named = (suffix: string) => samples.filter(({ name }) => name === `${metric}${suffix}`);
  const [buckets, counts, sums] = [named('_bucket'), named('_count'), named('_sum')];
  if (buckets.length === 0 || counts.length === 0) throw new Malformed(`it has no histogram \`${metric}\``);
  const bounds = Map.groupBy(buckets, (one) => one.labels.get('le') ?? '');
  const uneven = [...bounds].find(([, series]) => series.length !== counts.length);
  if (uneven !== undefined) throw new Malformed(`bucket \`${uneven[0]}\` is there ${uneven[1].length} times, of ${counts.length}`);
  return {
    count: sumOf(counts),
    sum: sumOf(sums),
    buckets: [...bounds]
      .map(([le, series]) => ({ le: toBound(le), count: sumOf(series) }))
      .toSorted((a, b) => Number(a.le === '+Inf') - Number(b.le === '+Inf') || Number(a.le) - Number(b.le)),
  };
}

function toBound(le: string): number | '+Inf' {
  if (/^\+?inf$/i.test(le)) return '+Inf';
  if (le !== '' && Number.isFinite(Number(le))) return Number(le);
  throw new Malformed(`a bucket ends at \`${le}\``);
}

function sumOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function toSample(line: string): Sample[] {
  const trimmed = line.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const [, name, written, value] = (trimmed.length > LONGEST_LINE ? null : sample.exec(trimmed)) ?? [];
  if (name === undefined || value === undefined)
    throw new Malformed(`it is not the text format of Prometheus (a line begins ${beginningOf(trimmed)})`);
  const all = new Map([...(written ?? '').matchAll(labels)].map(([, label = '', text = '']) => [label, text]));
  return [{ name, labels: all, value: Number(value.replace(/inf/i, 'Infinity')) }];
}
