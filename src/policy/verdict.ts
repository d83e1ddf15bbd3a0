import { z } from 'zod';

const challenge = z.strictObject({ acrValues: z.string(), maxAge: z.int().positive() });

const requirement = z.object({
  ruleId: z.string().min(1),
  effect: z.enum(['DENY', 'STEP_UP']),
  explanation: z.string().min(1),
  remedy: z.string().min(1),
});

/** The shape of a verdict, as the policy answers it and as decisions keep it. */
export const verdictSchema = z.object({
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  ruleId: z.string().min(1),
  explanation: z.string().min(1),
  rules: z.array(requirement),
  challenge: challenge.nullable(),
  obligations: z.array(z.string()),
});

/** Made once: zod compiles a schema when it is first used. */
const answers = z.tuple([z.object({ result: verdictSchema })]);

/** One requirement that did not hold. */
export type Requirement = z.infer<typeof requirement>;
export type Challenge = z.infer<typeof challenge>;
/** What the policy says of one input, before it is given an id and a place. */
export type Verdict = z.infer<typeof verdictSchema>;

/**
 * Reads what Wasm returned. Sets come back in no order, so they are sorted here: equal verdicts have equal bytes.
 *
 * @throws Error when it is not exactly one complete verdict, or an ALLOW with something unmet
 */
export function readVerdict(resultSet: unknown): Verdict {
  const [{ result }] = answers.parse(resultSet);
  if (result.result === 'ALLOW' && result.rules.length > 0) throw new Error('the policy allowed with unmet requirements');
  if ((result.result === 'STEP_UP') !== (result.challenge !== null)) throw new Error('a challenge belongs to STEP_UP and only to it');
  return { ...result, obligations: result.obligations.toSorted() };
}

/** The denial for when the policy itself could not answer: fail closed, and say so. */
export function faultVerdict(): Verdict {
  const explanation = 'the policy engine could not decide, so the answer is no';
  const remedy = 'repeat the call; if it lasts, tell the operators the decision id';
  return {
    result: 'DENY',
    ruleId: 'engine.fault',
    explanation,
    rules: [{ ruleId: 'engine.fault', effect: 'DENY', explanation, remedy }],
    challenge: null,
    obligations: [],
  };
}
