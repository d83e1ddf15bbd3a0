import { randomFillSync } from 'node:crypto';
import { type EntryId, isId, newId } from '../../src/core/index.ts';
import type { Entry } from '../../src/ledger/index.ts';

/** As much as brings the body of the leaf to about 500 bytes, with its place. */
const PADDING = 'x'.repeat(70);

/** An entry whose leaf has about 500 bytes. */
export function benchEntry(subject: string, at: Date = new Date(), id: EntryId = newId('entry', at)): Entry {
  return {
    id,
    ts: at.toISOString(),
    type: 'bench.append',
    subject,
    actor: { id: 'bench', kind: 'service' },
    data: { decision: { result: 'ALLOW', ruleId: 'bench.grant' }, padding: PADDING },
  };
}

/** Bytes of such a leaf: what the raw INSERT and immudb are given as well. */
export const LEAF_BYTES = 500;

const RANDOM_DIGITS = 18;

/** Ids as `newId` makes them, many at once: asking for randomness one by one would be a good part of filling a log. */
export function* entryIds(count: number): Generator<EntryId> {
  const random = randomFillSync(Buffer.allocUnsafe(count * (RANDOM_DIGITS / 2))).toString('hex');
  for (let taken = 0; taken < count; taken += 1) {
    const time = Date.now().toString(16).padStart(12, '0');
    const rest = random.slice(taken * RANDOM_DIGITS, (taken + 1) * RANDOM_DIGITS);
    const id = `ent_${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6)}`;
    if (!isId('entry', id)) throw new Error(`made the malformed id \`${id}\``);
    yield id;
  }
}
