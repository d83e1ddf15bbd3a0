import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsistencyProof } from '../../../src/ledger/index.ts';
import { VerifyError, verifyConsistency, verifyReceipt } from '../../../src/ledger/verify/index.ts';
import { acme, key, ledgerOver, originPrefix } from '../../support/ledger.ts';
import { openTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { entryNow, growTo, lineOf, receiptOf } from './site.ts';

/**
 * Proofs that the real writer made, spoiled. The negative vectors of transparency-dev/merkle are in test/ledger/vectors.test.ts, random
 * spoiling of every parser in test/ledger/verify/fuzz.test.ts.
 */
const [BEFORE, SIZE] = [200, 300];
const vkey = key.signerFor(`${originPrefix}/acme`).verifierKey;
let db: TestDatabase;
let receipt: string;
let older: string;
let proof: ConsistencyProof;

beforeAll(async () => {
  db = await openTestDatabase();
  const ledger = ledgerOver(db.database, { signMilliseconds: 5 });
  const site = { database: db.database, ledger };
  await growTo(site, 120);
  const entry = entryNow({ n: 120 });
  await ledger.record(acme, entry);
  older = await growTo(site, BEFORE);
  await growTo(site, SIZE);
  receipt = await receiptOf(site, entry.id);
  const found = await db.database.transaction(acme, (trx) => ledger.proveConsistency(trx, acme, BEFORE));
  if (found === undefined) throw new Error('there is no checkpoint');
  proof = found;
  await ledger.stop();
});
afterAll(() => db.close());

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof VerifyError ? lineOf(error) : `not refused on purpose: ${lineOf(error)}`;
  }
}
const receiptOutcome = (text: string) => outcomeOf(() => verifyReceipt(text, { key: vkey }));

/** A receipt, line by line: 0 what it is, 1 the entry, 2 its index, then the path, an empty line, and the checkpoint. */
function spoiled(change: (lines: string[]) => void): string {
  const lines = receipt.split('\n');
  change(lines);
  return lines.join('\n');
}
const swapped = (lines: string[], one: number, other: number): void => {
  [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
};
const entryOf = (lines: string[]) => Buffer.from(lines[1]?.slice('extra '.length) ?? '', 'base64').toString('utf8');
const withEntry = (text: string) => `extra ${Buffer.from(text, 'utf8').toString('base64')}`;

const notThere = (index = 120) => `verify.proof_invalid: entry ${index} is not in the log of \`ledger.example/acme\` at size ${SIZE}`;
const noProof = (why: string) => `verify.receipt_malformed: this is no tlog-proof: ${why}`;
const unsigned = 'verify.signature_invalid: no valid signature of `ledger.example/acme` on the checkpoint';

test('the receipt as it was handed out is accepted', () => {
  expect(receiptOutcome(receipt)).toBe('accepted');
});

test.each<[string, (lines: string[]) => void, string]>([
  ['another entry', (lines) => lines.splice(1, 1, withEntry(entryOf(lines).replace('"n":120', '"n":121'))), notThere()],
  ['no entry', (lines) => lines.splice(1, 1), 'verify.receipt_malformed: the proof carries no entry: it has no `extra` line'],
  ['the index of the next', (lines) => lines.splice(2, 1, 'index 121'), notThere(121)],
  ['an index beyond the log', (lines) => lines.splice(2, 1, `index ${SIZE}`), notThere(SIZE)],
  [
    'an index that is written otherwise',
    (lines) => lines.splice(2, 1, 'index 0120'),
    noProof('it has no line `index <number>` where one must be'),
  ],
  ['the first hash left out', (lines) => lines.splice(3, 1), notThere()],
  ['the last hash left out', (lines) => lines.splice(lines.indexOf('') - 1, 1), notThere()],
  ['a hash too many', (lines) => lines.splice(3, 0, lines[3] ?? ''), notThere()],
  ['two hashes swapped', (lines) => swapped(lines, 3, 4), notThere()],
  [
    'a hash of 31 bytes',
    (lines) => lines.splice(3, 1, Buffer.alloc(31).toString('base64')),
    noProof(`\`${Buffer.alloc(31).toString('base64')}\` is not a hash in base64`),
  ],
  [
    'an older checkpoint, which the path does not fit',
    (lines) => lines.splice(lines.indexOf('') + 1, 99, older),
    `verify.proof_invalid: entry 120 is not in the log of \`ledger.example/acme\` at size ${BEFORE}`,
  ],
  ['another size under the signature', (lines) => lines.splice(lines.indexOf('') + 2, 1, '301'), unsigned],
  [
    'another origin',
    (lines) => lines.splice(lines.indexOf('') + 1, 1, 'ledger.example/evil'),
    'verify.origin_mismatch: the checkpoint is of `ledger.example/evil`, the key is of `ledger.example/acme`',
  ],
  ['no signature', (lines) => lines.splice(-2, 1), 'verify.checkpoint_malformed: the checkpoint is not a signed note: it has no signature'],
  [
    'a version that we do not know',
    (lines) => lines.splice(0, 1, 'c2sp.org/tlog-proof@v2'),
    noProof('its first line is not `c2sp.org/tlog-proof@v1`'),
  ],
])('a receipt with %s is refused', (_what, change, outcome) => {
  expect(receiptOutcome(spoiled(change))).toBe(outcome);
});

test('a receipt with any one bit changed is refused, and on purpose', () => {
  const outcomes = new Set<string>();
  for (let at = 0; at < receipt.length; at += 1) {
    const other = String.fromCharCode(receipt.charCodeAt(at) ^ (1 << (at % 7)));
    outcomes.add(receiptOutcome(receipt.slice(0, at) + other + receipt.slice(at + 1)).split(':')[0] ?? '');
  }
  expect([...outcomes].sort()).toEqual([
    'verify.checkpoint_malformed',
    'verify.origin_mismatch',
    'verify.proof_invalid',
    'verify.receipt_malformed',
    'verify.signature_invalid',
  ]);
});

test('a consistency proof is accepted as it was made, and with any part of it spoiled refused', () => {
  const outcome = (path: readonly string[], before = older, after = proof.checkpoint) =>
    outcomeOf(() => verifyConsistency({ before, after, proof: path }, vkey));
  const refused = `verify.proof_invalid: the log at ${SIZE} entries is not shown to continue the one at ${BEFORE}`;
  const { path } = proof;
  expect([path.length > 3, outcome(path)]).toEqual([true, 'accepted']);
  for (const [at, hash] of path.entries()) {
    const flipped = (hash.startsWith('0') ? '1' : '0') + hash.slice(1);
    for (const wrong of [
      path.with(at, flipped),
      path.toSpliced(at, 1),
      path.toSpliced(at, 0, hash),
      path.with(at, path[at - 1] ?? flipped),
    ])
      expect(outcome(wrong)).toBe(refused);
  }
  expect(outcome([])).toBe(refused);
  expect(outcome(path, proof.checkpoint, older)).toBe(
    `verify.proof_invalid: the log at ${BEFORE} entries is not shown to continue the one at ${SIZE}`,
  );
  expect(outcome(path.with(0, 'ff'))).toBe('verify.proof_malformed: `ff` is not a SHA-256 hash in hex');
});
