import { z } from 'zod';
import type { Verdict } from '../../policy/index.ts';

const requirement = z.object({
  ruleId: z.string().min(1),
  effect: z.enum(['DENY', 'STEP_UP']),
  explanation: z.string().min(1),
  remedy: z.string().min(1),
});

/** A verdict as decisions keep it in their entries. */
export const recordedVerdict = z.object({
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  ruleId: z.string().min(1),
  explanation: z.string().min(1),
  rules: z.array(requirement),
  challenge: z.strictObject({ acrValues: z.string(), maxAge: z.int().positive() }).nullable(),
  obligations: z.array(z.string()),
}) satisfies z.ZodType<Verdict>;
