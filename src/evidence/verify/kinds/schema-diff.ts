import { z } from 'zod';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';

const diff = z.strictObject({
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  changes: z.array(z.strictObject({ criticality: z.enum(['breaking', 'dangerous', 'safe']), path: z.string(), message: z.string() })),
});

export const readSchemaDiff: DocumentReader = (document) => {
  const { changes } = parseAs(diff, document);
  // NUL sorts before what may stand in a text.
  const keys = changes.map(({ criticality, path, message }) => [criticality, path, message].join('\0'));
  ensure(
    keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') <= key),
    'its changes are not in order',
  );
  const countOf = (wanted: string) => changes.filter(({ criticality }) => criticality === wanted).length;
  return { summary: { breaking: countOf('breaking'), dangerous: countOf('dangerous'), safe: countOf('safe') } };
};
