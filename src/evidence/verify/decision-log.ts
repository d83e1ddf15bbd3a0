import { z } from 'zod';
import { parseAs, parseLine } from './form.ts';
import { ensure } from './report.ts';

const lineSchema = z.strictObject({
  seq: z.int().min(0),
  action: z.string().min(1),
  decisionId: z.string().min(1),
  ruleId: z.string().min(1),
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  explanation: z.string(),
  tenant: z.string().min(1),
  purpose: z.string().nullable(),
  ts: z.string().min(1),
  policyDigest: z.string(),
});
export type DecisionLine = z.infer<typeof lineSchema>;

/** One canonical object a line, seq rising: no line twice, none out of order. */
export function readDecisionLog(bytes: Buffer): DecisionLine[] {
  ensure(bytes.length === 0 || bytes.at(-1) === 0x0a, 'it does not end with a line end');
  const lines = splitLines(bytes).map((line) => parseAs(lineSchema, parseLine(line)));
  let last = -1;
  for (const { seq } of lines) {
    ensure(seq > last, `entry ${seq} stands after entry ${last}`);
    last = seq;
  }
  return lines;
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
