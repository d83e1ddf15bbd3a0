import type { Kind, Summary } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { assertCumulative, type Histogram, histogram, quantileOf } from './read/histogram.ts';
import { parseJson, shaped } from './read/json.ts';
import { histogramIn } from './read/prometheus.ts';
import { thousandths } from './read/quantities.ts';

const METRIC = 'countersign_decision_duration_seconds';

export const decisionLatency: Kind = defineKind({
  name: 'decision-latency',
  title: 'metrics with the time of decisions',
  reads: `the text of \`/metrics\` with \`${METRIC}\``,
  measures: ['decisions', 'p50Milliseconds', 'p95Milliseconds', 'p99Milliseconds'],
  file: 'decision-latency.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: ({ summary }) => summary['decisions'] !== 0 },
  read: (input) => {
    const content = shaped(input.trimStart().startsWith('{') ? parseJson(input) : histogramIn(input, METRIC), histogram);
    assertCumulative(content);
    return { content, summary: summarise(content) };
  },
});

function summarise(measured: Histogram): Summary {
  if (measured.count === 0) return { decisions: 0 };
  const at = (quantile: number) => thousandths(1_000 * quantileOf(measured, quantile));
  return { decisions: measured.count, p50Milliseconds: at(0.5), p95Milliseconds: at(0.95), p99Milliseconds: at(0.99) };
}
