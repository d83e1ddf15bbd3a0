import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { latestOf, utc } from './times.ts';

const share = z.number().min(0).max(1);
const report = z.strictObject({
  from: utc,
  to: utc,
  objectives: z.array(
    z.strictObject({ service: z.string().min(1), slo: z.string().min(1), objective: share, achieved: share, burn: z.number().min(0) }),
  ),
});

export const readSloReport: DocumentReader = (document) => {
  const { objectives, to } = parseAs(report, document);
  const breached = objectives.filter(({ objective, achieved }) => achieved < objective).length;
  const worstBurn = objectives.reduce((worst, { burn }) => Math.max(worst, burn), 0);
  return { summary: { objectives: objectives.length, breached, worstBurn }, madeAt: latestOf([to]) };
};
