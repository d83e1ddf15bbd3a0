import { z } from 'zod';
import { isJsonObject, type Json } from '../../core/index.ts';
import type { Kind, Summary } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { Malformed } from './read/malformed.ts';
import { instant, latest, percentOf, text } from './read/quantities.ts';

/** What a judgement comes to, whoever made it. */
type Judgement = { readonly passed: boolean; readonly summary: Summary; readonly madeAt: string | null };

const judgement = z.looseObject({
  results: z.array(z.looseObject({ name: text, classification: text })),
  score: z.looseObject({ score: z.number().min(0).max(100), classification: text }),
});
/** Kayenta's answer to `GET /canary/{id}`, `{complete, status, result: {judgeResult}}`, or the result alone. */
const execution = z.looseObject({
  complete: z.boolean().optional(),
  status: text.optional(),
  endTimeIso: instant.optional(),
  judgeResult: judgement.optional(),
  result: z.looseObject({ judgeResult: judgement }).optional(),
});

const phase = z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']);
/** An `AnalysisRun` of Argo Rollouts (argoproj.io/v1alpha1). */
const analysisRun = z.looseObject({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('AnalysisRun'),
  status: z.looseObject({
    phase,
    completedAt: instant.optional(),
    metricResults: z.array(z.looseObject({ name: text, phase, dryRun: z.boolean().optional() })).optional(),
  }),
});

export const canary: Kind = defineKind({
  name: 'canary',
  title: 'a canary analysis',
  reads: "Kayenta's result, or an `AnalysisRun` of Argo Rollouts, as JSON",
  measures: ['score', 'metrics', 'metricsFailed'],
  file: 'canary-analysis.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: ({ bytes }) => judge(parseJson(bytes.toString('utf8'))).passed },
  read: (input) => {
    const content = parseJson(input);
    const { summary, madeAt } = judge(content);
    return { content, summary, madeAt };
  },
});

function judge(document: Json): Judgement {
  if (isJsonObject(document) && document['kind'] === 'AnalysisRun') return judgeRun(shaped(document, analysisRun).status);
  const { complete = true, status = 'without a result', result, judgeResult, endTimeIso } = shaped(document, execution);
  if (result !== undefined && judgeResult !== undefined) throw new Malformed('it has two judgements');
  const judged = result?.judgeResult ?? judgeResult;
  if (!complete || judged === undefined) throw new Malformed(`the analysis came to no judgement, it is \`${status}\``);
  return judgeKayenta(judged, endTimeIso === undefined ? [] : [endTimeIso]);
}

/** Classified are `Pass`, `High`, `Low`, `Error` and `Nodata`, which is no failure: the judge's score says what to make of it. */
function judgeKayenta({ results, score }: z.infer<typeof judgement>, times: readonly string[]): Judgement {
  const failed = results.filter(({ classification }) => classification !== 'Pass' && classification !== 'Nodata');
  return {
    passed: score.classification === 'Pass',
    summary: { score: score.score, metrics: results.length, metricsFailed: failed.length },
    madeAt: latest(times),
  };
}

/** Argo gives no score: it is the part of the metrics that were successful. Those of a dry run do not count. */
function judgeRun({ phase: outcome, metricResults = [], completedAt }: z.infer<typeof analysisRun>['status']): Judgement {
  if (outcome === 'Pending' || outcome === 'Running') throw new Malformed(`the analysis came to no judgement, it is \`${outcome}\``);
  const counted = metricResults.filter(({ dryRun }) => dryRun !== true);
  const good = counted.filter((metric) => metric.phase === 'Successful').length;
  return {
    passed: outcome === 'Successful',
    summary: {
      score: counted.length === 0 ? 0 : percentOf(good, counted.length),
      metrics: counted.length,
      metricsFailed: counted.length - good,
    },
    madeAt: latest(completedAt === undefined ? [] : [completedAt]),
  };
}
