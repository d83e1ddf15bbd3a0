import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { count } from './read/quantities.ts';

const document = z.looseObject({ rounds: count, acknowledged: count, lost: count, duplicated: count });

export const chaos: Kind = defineKind({
  name: 'chaos',
  title: 'a chaos report',
  reads: 'what `npm run chaos -- … --json` printed',
  measures: ['rounds', 'acknowledged', 'lost', 'duplicated'],
  file: 'chaos-report.json',
  mediaType: 'application/json',
  statement: {
    form: 'test-result',
    passed: ({ summary }) => summary['lost'] === 0 && summary['duplicated'] === 0 && summary['rounds'] !== 0,
  },
  read: (input) => {
    const content = parseJson(input);
    const { rounds, acknowledged, lost, duplicated } = shaped(content, document);
    return { content, summary: { rounds, acknowledged, lost, duplicated } };
  },
});
