import { z } from 'zod';
import { parseItem } from '../read-input.ts';

const entrySchema = z.object({
  seq: z.int(),
  id: z.string(),
  ts: z.string(),
  type: z.string(),
  subject: z.string(),
  actor: z.object({ id: z.string() }),
  data: z.looseObject({ decision: z.unknown().optional(), effect: z.unknown().optional() }),
});
/** An entry of an exported log, as far as evidence reads it. */
export type ExportedEntry = z.infer<typeof entrySchema>;

const decisionSchema = z.object({
  decisionId: z.string().min(1),
  ruleId: z.string().min(1),
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  explanation: z.string(),
  tenant: z.string().min(1),
  purpose: z.string().nullable().default(null),
  ts: z.string().min(1),
  policy: z.object({ digest: z.string() }),
});
export type ExportedDecision = z.infer<typeof decisionSchema>;

export function parseEntry(body: Buffer): ExportedEntry {
  return parseItem('ledger entry', body.toString('utf8'), entrySchema);
}

/** The decision that an entry carries; undefined where it carries none. One of another shape stops the build: leaving it out would hide it. */
export function decisionIn({ seq, data }: ExportedEntry): ExportedDecision | undefined {
  const { decision } = data;
  if (decision === undefined || decision === null) return undefined;
  return parseItem(`decision in ledger entry ${seq}`, JSON.stringify(decision), decisionSchema);
}
