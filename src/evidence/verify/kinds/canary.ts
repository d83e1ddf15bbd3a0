import { z } from 'zod';
import { isJsonObject, type Json } from '../../../core/index.ts';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader, ItemReading } from './kind.ts';
import { percentOf } from './numbers.ts';
import { instant, latestOf } from './times.ts';

const argo = z.looseObject({
  kind: z.literal('AnalysisRun'),
  status: z.looseObject({
    phase: z.enum(['Successful', 'Failed', 'Error', 'Inconclusive']),
    completedAt: instant.optional(),
    metricResults: z.array(z.looseObject({ phase: z.string(), dryRun: z.boolean().optional() })).optional(),
  }),
});

const judgement = z.looseObject({
  results: z.array(z.looseObject({ classification: z.string() })),
  score: z.looseObject({ score: z.number().min(0).max(100), classification: z.string() }),
});

/** `{complete, result: {judgeResult}}` of an execution, or its result alone. */
const kayenta = z.looseObject({
  complete: z.literal(true).optional(),
  endTimeIso: instant.optional(),
  judgeResult: judgement.optional(),
  result: z.looseObject({ judgeResult: judgement }).optional(),
});

/** A result of Kayenta, in whichever wrapping it came, or an `AnalysisRun` of Argo Rollouts. */
export const readCanary: DocumentReader = (document) =>
  isJsonObject(document) && document['kind'] === 'AnalysisRun' ? readArgo(document) : readKayenta(document);

function readArgo(document: Json): ItemReading {
  const { phase, completedAt, metricResults: all = [] } = parseAs(argo, document).status;
  const metricResults = all.filter(({ dryRun }) => dryRun !== true);
  const failed = metricResults.filter((metric) => metric.phase !== 'Successful').length;
  const score = metricResults.length === 0 ? 0 : percentOf(metricResults.length - failed, metricResults.length);
  const summary = { score, metrics: metricResults.length, metricsFailed: failed };
  return { summary, passed: phase === 'Successful', madeAt: latestOf([completedAt]) };
}

function readKayenta(document: Json): ItemReading {
  const { result, judgeResult, endTimeIso } = parseAs(kayenta, document);
  const [judged, another] = [result?.judgeResult, judgeResult].filter((one) => one !== undefined);
  ensure(judged !== undefined && another === undefined, 'it does not have one judgement');
  const { results, score } = judged;
  const failed = results.filter(({ classification }) => classification !== 'Pass' && classification !== 'Nodata').length;
  const summary = { score: score.score, metrics: results.length, metricsFailed: failed };
  return { summary, passed: score.classification === 'Pass', madeAt: latestOf([endTimeIso]) };
}
