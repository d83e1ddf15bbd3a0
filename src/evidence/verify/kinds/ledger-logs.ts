import { z } from 'zod';
import { parseLines } from '../form.ts';
import { ensure } from '../report.ts';
import type { ItemReading } from './kind.ts';

const result = z.enum(['ALLOW', 'DENY', 'STEP_UP']);
const text = z.string().min(1);
const seq = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash in hex');

const decisionLine = z.strictObject({
  seq,
  action: text,
  decisionId: text,
  ruleId: text,
  result,
  explanation: z.string(),
  tenant: text,
  purpose: z.string().nullable(),
  ts: text,
  policyDigest: z.string(),
});
export type DecisionLine = z.infer<typeof decisionLine>;

const accessLine = z.strictObject({
  seq,
  action: z.string().regex(/^(ledger\.read_.+|evidence\.list|evidence\.download)$/, 'must be a reading action'),
  actor: text,
  subject: text,
  result,
  ruleId: text,
  ts: text,
  hash,
});
export type AccessLine = z.infer<typeof accessLine>;

const erasureLine = z.strictObject({
  seq,
  type: z.enum(['privacy.erase_subject', 'subject.erased']),
  actor: text,
  subject: text,
  result: result.nullable(),
  ts: text,
  hash,
});
export type ErasureLine = z.infer<typeof erasureLine>;

export const readDecisions = (bytes: Buffer): DecisionLine[] => inOrder(parseLines(decisionLine, bytes));
export const readAccesses = (bytes: Buffer): AccessLine[] => inOrder(parseLines(accessLine, bytes));
export const readErasures = (bytes: Buffer): ErasureLine[] => inOrder(parseLines(erasureLine, bytes));

/** Seq rising: no line twice, none out of order. */
function inOrder<T extends { readonly seq: number }>(lines: T[]): T[] {
  let last = -1;
  for (const line of lines) {
    ensure(line.seq > last, `entry ${line.seq} stands after entry ${last}`);
    last = line.seq;
  }
  return lines;
}

export function summariseDecisions(bytes: Buffer): ItemReading {
  const lines = readDecisions(bytes);
  const countOf = (wanted: string) => lines.filter((line) => line.result === wanted).length;
  return { summary: { decisions: lines.length, allowed: countOf('ALLOW'), denied: countOf('DENY'), steppedUp: countOf('STEP_UP') } };
}

export function summariseAccess(bytes: Buffer): ItemReading {
  const lines = readAccesses(bytes);
  const allowed = lines.filter((line) => line.result === 'ALLOW');
  const downloads = allowed.filter((line) => line.action === 'evidence.download').length;
  return { summary: { views: allowed.length - downloads, downloads, refused: lines.length - allowed.length } };
}

export function summariseErasures(bytes: Buffer): ItemReading {
  const lines = readErasures(bytes);
  for (const line of lines)
    ensure((line.type === 'subject.erased') === (line.result === null), `entry ${line.seq} has a result where none belongs, or none`);
  const requests = lines.filter((line) => line.type === 'privacy.erase_subject');
  const refused = requests.filter((line) => line.result !== 'ALLOW').length;
  return { summary: { requests: requests.length, erased: lines.length - requests.length, refused } };
}
