import { newId } from '../../src/core/index.ts';
import type { Entry } from '../../src/ledger/index.ts';

/** As much as brings the body of the leaf to about 500 bytes, with its place. */
const PADDING = 'x'.repeat(70);

/** An entry whose leaf has about 500 bytes. */
export function benchEntry(subject: string, at: Date = new Date()): Entry {
  return {
    id: newId('entry', at),
    ts: at.toISOString(),
    type: 'bench.append',
    subject,
    actor: { id: 'bench', kind: 'service' },
    data: { decision: { result: 'ALLOW', ruleId: 'bench.grant' }, padding: PADDING },
  };
}

/** Bytes of such a leaf: what the raw INSERT and immudb are given as well. */
export const LEAF_BYTES = 500;
