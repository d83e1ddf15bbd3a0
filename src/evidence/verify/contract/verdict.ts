import { z } from 'zod';
import { parseAs, parseDocument } from '../form.ts';
import { waiverForm } from './waivers.ts';

const verdict = z.strictObject({
  format: z.literal(1),
  release: z.string(),
  kind: z.string(),
  at: z.string(),
  contract: z.string(),
  result: z.enum(['PASSED', 'FAILED']),
  requirements: z.array(
    z.strictObject({
      id: z.string(),
      outcome: z.enum(['met', 'missing', 'stale', 'unmet', 'waived', 'absent']),
      detail: z.string(),
      waiver: waiverForm.nullable(),
    }),
  ),
});
/** verdict.json: what the builder says came of the contract. */
export type Verdict = z.infer<typeof verdict>;

export function readVerdict(bytes: Buffer): Verdict {
  return parseAs(verdict, parseDocument(bytes));
}
