import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBundle } from '../../../src/ledger/verify/entry-bundle.ts';
import {
  VerifyError,
  verifyCheckpoint,
  verifyConsistency,
  verifyCosignatures,
  verifyProof,
  verifyReceipt,
} from '../../../src/ledger/verify/index.ts';
import { parseNote } from '../../../src/ledger/verify/note.ts';
import { parseTilePath, tilePath } from '../../../src/ledger/verify/tile-path.ts';
import { parseTlogProof } from '../../../src/ledger/verify/tlog-proof.ts';
import { COSIGNATURE, ED25519, parseVerifierKey } from '../../../src/ledger/verify/verifier-key.ts';
import { naiveConsistency, naiveLeaf, naivePath, naiveRoot } from '../naive-tree.ts';
import { chain, checkpointText, logKey, note, origin, signer } from './maker.ts';

/** Inputs of all properties together; `npm run ledger:fuzz` gives more. Another seed: FUZZ_SEED. */
const total = Number(process.env['FUZZ_RUNS'] ?? 5_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const PROPERTIES = 12;
const config = { numRuns: Math.ceil(total / PROPERTIES), seed };
process.stderr.write(`fuzz: ${PROPERTIES} properties, ${config.numRuns} inputs each, FUZZ_SEED=${seed}\n`);

const bodies = chain(11);
const leaves = bodies.map((body) => naiveLeaf(body));
const witness = signer(4, 'witness.example/w', 4);
const checkpoint = note(checkpointText(bodies), logKey, witness);
const path = naivePath(5, leaves);
const leaf = (bodies[5] ?? '').toString();
const receipt = [
  'c2sp.org/tlog-proof@v1',
  `extra ${Buffer.from(leaf).toString('base64')}`,
  'index 5',
  ...path.map((hash) => hash.toString('base64')),
  '',
  checkpoint,
].join('\n');
const proofFile = { leaf, seq: 5, path: path.map((hash) => hash.toString('hex')), checkpoint };
const older = bodies.slice(0, 6);
const consistency = {
  before: note(checkpointText(older), logKey),
  after: checkpoint,
  proof: naiveConsistency(6, leaves).map((hash) => hash.toString('hex')),
};

/** The result; undefined when it was refused on purpose. Anything else that is thrown is a crash. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof VerifyError) return undefined;
    throw error;
  }
}

/** A text with up to three places changed: replaced, inserted, removed, doubled, swapped with what the formats are made of. */
const pieces = fc.oneof(
  fc.constantFrom(
    '\n',
    '\n\n',
    ' ',
    '— ',
    '+',
    '=',
    '/',
    '0',
    '1',
    '-',
    'A',
    '\r',
    '\t',
    '\0',
    '\u00a0',
    '\ufeff',
    'x',
    'index 5',
    'extra ',
    `${origin}\n`,
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
function mutationsOf(text: string): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(text.length), fc.nat(6), pieces);
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((now, [at, removed, piece]) => now.slice(0, at) + piece + now.slice(at + removed), text));
}
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
);

const expected = checkpointText(bodies);
/** What a note says when it is accepted is what was signed, to the letter; only lines of strangers may be added. */
function assertNote(text: string): void {
  const accepted = attempt(() => verifyCheckpoint(text, logKey.vkey));
  if (accepted === undefined) return;
  expect(parseNote(text).text).toBe(expected);
  expect(accepted.root).toEqual(naiveRoot(leaves));
}

test('what is valid is accepted', () => {
  expect(verifyCheckpoint(checkpoint, logKey.vkey)).toEqual({ origin, size: 11, root: naiveRoot(leaves) });
  expect(verifyCosignatures(checkpoint, { witnesses: [witness.vkey] })).toEqual([{ name: 'witness.example/w', time: 1_700_000_000 }]);
  expect(verifyReceipt(receipt, { key: logKey.vkey }).entry).toEqual(JSON.parse(leaf));
  expect(verifyReceipt(JSON.stringify(proofFile), { key: logKey.vkey }).entry).toEqual(JSON.parse(leaf));
  verifyConsistency(consistency, logKey.vkey);
});

test('notes: any text', () => {
  fc.assert(fc.property(texts, assertNote), config);
});

test('notes: a valid one, changed', () => {
  fc.assert(fc.property(mutationsOf(checkpoint), assertNote), config);
});

test('cosignatures: a valid one, changed', () => {
  const policy = { witnesses: [witness.vkey] };
  fc.assert(
    fc.property(mutationsOf(checkpoint), (text) => {
      const cosigned = attempt(() => verifyCosignatures(text, policy));
      if (cosigned === undefined) return;
      expect(parseNote(text).text).toBe(expected);
      expect(cosigned).toEqual([{ name: 'witness.example/w', time: 1_700_000_000 }]);
    }),
    config,
  );
});

test('verifier keys: any text, and a valid one changed', () => {
  const all = fc.oneof(texts, mutationsOf(logKey.vkey), mutationsOf(witness.vkey));
  fc.assert(
    fc.property(all, fc.constantFrom(ED25519, COSIGNATURE), (text, type) => {
      const key = attempt(() => parseVerifierKey(text, type));
      if (key === undefined) return;
      expect(text.trim()).toBe(key.text);
      expect([logKey.vkey, witness.vkey]).toContain(key.text);
    }),
    config,
  );
});

test('tile paths: what is read is written the same', () => {
  const near = fc
    .array(fc.constantFrom('tile', '/', '0', '1', '255', '256', 'x001', '000', '001', 'entries', '.p', 'x', '63', '64', '-1', '1234'), {
      maxLength: 9,
    })
    .map((parts) => parts.join(''));
  const name = fc.record({
    level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
    index: fc.nat(2 ** 31 - 1),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(fc.oneof(texts, near, name.map(tilePath)), (text) => {
      const read = attempt(() => parseTilePath(text));
      if (read === undefined) return;
      expect(tilePath(read)).toBe(text);
      expect(read.width >= 1 && read.width <= 256).toBe(true);
    }),
    config,
  );
  fc.assert(
    fc.property(name, (made) => {
      expect(parseTilePath(tilePath(made))).toEqual(made);
    }),
    config,
  );
});

test('entry bundles: every byte is accounted for, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 256 }), (bytes, width) => {
      const { starts, ends } = parseBundle(Buffer.from(bytes), width);
      const lengths = starts.map((start, n) => (ends[n] ?? 0) - start);
      const framed = starts.filter((start, n) => start - (ends[n - 1] ?? 0) === 2).length;
      expect(lengths.reduce((sum, length) => sum + length, 0) + 2 * framed).toBe(bytes.length);
      expect(lengths.every((length) => length >= 0)).toBe(true);
    }),
    config,
  );
});

test('tlog-proofs: any text, and a valid one changed', () => {
  fc.assert(
    fc.property(fc.oneof(texts, mutationsOf(receipt)), (text) => {
      const proof = attempt(() => parseTlogProof(text));
      if (proof === undefined) return;
      const { extra, index, path: hashes, checkpoint: rest } = proof;
      const written = [
        'c2sp.org/tlog-proof@v1',
        ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
        `index ${index}`,
        ...hashes.map((hash) => hash.toString('base64')),
      ];
      expect(`${written.join('\n')}\n\n${rest}`).toBe(text);
    }),
    config,
  );
});

test('receipts: a valid one, changed, proves the same entry or nothing', () => {
  fc.assert(
    fc.property(mutationsOf(receipt), (text) => {
      const verified = attempt(() => verifyReceipt(text, { key: logKey.vkey }));
      if (verified === undefined) return;
      expect([verified.seq, verified.checkpointSize, verified.entry]).toEqual([5, 11, JSON.parse(leaf)]);
    }),
    config,
  );
});

test('proof files: any JSON text, and a valid one changed', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        texts.map((text) => `{${text}`),
        mutationsOf(JSON.stringify(proofFile)),
      ),
      (text) => {
        const verified = attempt(() => verifyReceipt(text, { key: logKey.vkey }));
        if (verified === undefined) return;
        expect([verified.seq, verified.checkpointSize, verified.entry]).toEqual([5, 11, JSON.parse(leaf)]);
      },
    ),
    config,
  );
});

test('inclusion: another seq, path or size is refused', () => {
  const hash = fc.constantFrom(...proofFile.path, ...leaves.map((known) => known.toString('hex')), 'ff'.repeat(32), 'zz', '');
  const proof = fc.record({ seq: fc.oneof(fc.integer(), fc.double(), fc.nat(12)), path: fc.array(hash, { maxLength: 8 }) });
  fc.assert(
    fc.property(proof, (other) => {
      const entry = attempt(() => verifyProof({ ...proofFile, ...other }, logKey.vkey));
      if (entry !== undefined) expect(other).toEqual({ seq: 5, path: proofFile.path });
    }),
    config,
  );
});

test('consistency: any other proof is refused', () => {
  const hash = fc.constantFrom(
    ...consistency.proof,
    naiveRoot(leaves).toString('hex'),
    naiveRoot(leaves.slice(0, 6)).toString('hex'),
    'zz',
    '',
  );
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 6 }), fc.boolean(), (proof, swapped) => {
      const { before, after } = consistency;
      const file = swapped ? { before: after, after: before, proof } : { before, after, proof };
      const isAccepted = attempt(() => verifyConsistency(file, logKey.vkey) ?? true) === true;
      expect(isAccepted).toBe(!swapped && proof.join() === consistency.proof.join());
    }),
    config,
  );
});
