import { z } from 'zod';
import { count, text } from './quantities.ts';

const part = z
  .strictObject({ covered: count, total: count })
  .refine(({ covered, total }) => covered <= total, 'more is covered than there is');
/** Coverage as it stands in a bundle. */
export const coverageReport = z.strictObject({
  lines: part,
  branches: part.nullable(),
  functions: part.nullable(),
  files: z.array(z.strictObject({ file: text, lines: part })),
});
export type Coverage = z.infer<typeof coverageReport>;
export type Part = z.infer<typeof part>;
