import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { inTime, ratio, text, toUtc, utc } from './read/quantities.ts';

const objective = z.strictObject({ service: text, slo: text, objective: ratio, achieved: ratio, burn: z.number().min(0) });
const document = z
  .strictObject({ from: utc, to: utc, objectives: z.array(objective).min(1) })
  .refine(({ from, to }) => inTime({ startedAt: from, finishedAt: to }), '`to` is before `from`');

export const sloReport: Kind = defineKind({
  name: 'slo-report',
  title: 'an SLO report',
  reads: 'JSON of the form `slo-report`',
  measures: ['objectives', 'breached', 'worstBurn'],
  file: 'slo-report.json',
  mediaType: 'application/json',
  statement: { form: 'digest' },
  read: (input) => {
    const content = shaped(parseJson(input), document);
    const { objectives } = content;
    const breached = objectives.filter((item) => item.achieved < item.objective).length;
    const worstBurn = objectives.reduce((worst, { burn }) => Math.max(worst, burn), 0);
    return { content, summary: { objectives: objectives.length, breached, worstBurn }, madeAt: toUtc(content.to) };
  },
});
