import { z } from 'zod';
import { canonicalBytes, type JsonObject } from '../../core/index.ts';
import { exportedLeaves } from '../../ledger/index.ts';
import type { Artifact } from '../artifact.ts';
import { names, predicateTypes } from '../names.ts';
import { parseItem } from '../read-input.ts';

const entrySchema = z.object({ seq: z.int(), type: z.string(), data: z.record(z.string(), z.unknown()) });

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

export type DecisionLog = { readonly artifact: Artifact; readonly seqs: readonly number[] };

/** The entries of an exported log that carry a decision, one a line, in the order of the log. */
export async function decisionLogArtifact(folder: string): Promise<DecisionLog> {
  const lines: Buffer[] = [];
  const seqs: number[] = [];
  for await (const body of exportedLeaves(folder)) {
    const entry = parseItem('ledger entry', body.toString('utf8'), entrySchema);
    if (entry.data['decision'] === undefined || entry.data['decision'] === null) continue;
    lines.push(canonicalBytes(toLine(entry)), Buffer.from('\n'));
    seqs.push(entry.seq);
  }
  const artifact = {
    name: names.decisionLog,
    bytes: Buffer.concat(lines),
    mediaType: 'application/jsonl',
    predicateType: predicateTypes.decisionLog,
  };
  return { artifact, seqs };
}

/** An entry that has a decision of another shape stops the build: leaving it out would hide it. */
function toLine(entry: z.infer<typeof entrySchema>): JsonObject {
  const text = JSON.stringify(entry.data['decision']);
  const { policy, ...decision } = parseItem(`decision in ledger entry ${entry.seq}`, text, decisionSchema);
  return { ...decision, seq: entry.seq, action: entry.type, policyDigest: policy.digest };
}
