import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalBytes, isJsonObject, type Json, parseCanonical } from '../../../src/core/index.ts';
import { LeafScanner } from '../../../src/ledger/verify/scanner.ts';
import { entry } from './maker.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 8_000);
const scanner = new LeafScanner();
/** In the middle of other bytes, as in a batch: it must not look beyond its end. */
const scans = (bytes: Buffer) => {
  const around = Buffer.concat([Buffer.from('"1'), bytes, Buffer.from('1"}]')]);
  return scanner.scan(around, 2, 2 + bytes.length);
};
const accepted = (bytes: Buffer) => {
  try {
    return isJsonObject(parseCanonical(bytes));
  } catch {
    return false;
  }
};

/** V8 reads keys that hold escapes wrongly after certain others (nodejs/node#63785): of them core is no measure. */
const holdsEscapedKey = (bytes: Buffer) => /"[^"\\]*\\.(?:[^"\\]|\\.)*"\s*:/s.test(bytes.toString());

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.constantFrom('v', 'id', 'seq', 'é', '\ufb33', '😀', '\u0080', '\n', '"', '\\', '__proto__', '1', '10'),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, false, 0, -1, 1e-7, 123456789012345, 9007199254740991, 0.1, 1e-27),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((number) => (Number.isInteger(number) && !Number.isSafeInteger(number) ? 0.5 : number)),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.toWellFormed()),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      key.map((text) => text.toWellFormed()),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;
const object = fc.dictionary(
  key.map((text) => text.toWellFormed()),
  json,
  { maxKeys: 5 },
);

test('it accepts every canonical object', () => {
  fc.assert(
    fc.property(object, (value) => {
      expect(scans(canonicalBytes(value))).toBe(true);
    }),
    { numRuns: runs / 4 },
  );
});

/** Bytes near canonical ones: what is nearly right is where two readers could differ. */
const mutated = fc
  .tuple(
    object,
    fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\u0019.-+eE nt\n\t')), fc.nat(255)), fc.nat(2)), {
      maxLength: 3,
    }),
  )
  .map(([value, changes]) => {
    let bytes = canonicalBytes(value);
    for (const [place, byte, kind] of changes) {
      const at = place % (bytes.length + 1);
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        kind === 2 ? Buffer.alloc(0) : Buffer.of(byte),
        bytes.subarray(kind === 1 ? at : at + 1),
      ]);
    }
    return bytes;
  });

test('of what is nearly canonical it accepts exactly what core accepts', () => {
  fc.assert(
    fc.property(mutated, (bytes) => {
      fc.pre(!holdsEscapedKey(bytes));
      expect(scans(bytes)).toBe(accepted(bytes));
    }),
    { numRuns: runs / 2 },
  );
});

test('keys are in order by UTF-16 code units, escaped ones too', () => {
  const keys = fc.tuple(key, key).map((pair) => pair.map((text) => text.toWellFormed()));
  fc.assert(
    fc.property(keys, ([one = '', other = '']) => {
      expect(scans(Buffer.from(`{${JSON.stringify(one)}:0,${JSON.stringify(other)}:0}`))).toBe(one < other);
    }),
    { numRuns: runs / 4 },
  );
});

test('and of loose JSON texts', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'{}[]":,\\u01-.eE9 tfn', '"a":', '1.0', 'true', 'null', '\\u001f', '\\u000a', 'é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, (inner) => {
      const bytes = Buffer.from(`{"a":${inner}}`);
      fc.pre(!holdsEscapedKey(bytes));
      expect(scans(bytes)).toBe(accepted(bytes));
    }),
    { numRuns: runs / 4 },
  );
});

test.each([
  ['', false],
  ['{', false],
  ['{}', true],
  ['{} ', false],
  ['[]', false],
  ['{"a":1}', true],
  ['{"a":1,}', false],
  ['{"a":1,"a":1}', false],
  ['{"b":1,"a":1}', false],
  ['{"a":1,"ab":1}', true],
  ['{"ab":1,"a":1}', false],
  ['{"a":-0}', false],
  ['{"a":0}', true],
  ['{"a":01}', false],
  ['{"a":-1}', true],
  ['{"a":1.0}', false],
  ['{"a":1e3}', false],
  ['{"a":1e+21}', false],
  ['{"a":1e-7}', true],
  ['{"a":9007199254740991}', true],
  ['{"a":9007199254740992}', false],
  ['{"a":"\\u0000"}', true],
  ['{"a":"\\u000A"}', false],
  ['{"a":"\\u000a"}', false],
  ['{"a":"\\n"}', true],
  ['{"a":"\\/"}', false],
  ['{"a":"\\u001F"}', false],
  ['{"a":"\\ud83d\\ude00"}', false],
  ['{"a":"\ud800"}', true],
  ['{"a":NaN}', false],
  ['{"a":Infinity}', false],
  ['{"a":tru}', false],
  ['\ufeff{}', false],
  ['{"\u{10000}":1,"\ufb33":1}', true],
  ['{"\ufb33":1,"\u{10000}":1}', false],
])('%s: %s', (text, expected) => {
  const bytes = Buffer.from(text);
  expect([scans(bytes), accepted(bytes)]).toEqual([expected, expected]);
});

test('bytes that are no UTF-8, surrogates written as bytes among them', () => {
  for (const bad of ['ff', 'c0af', 'eda080', 'f4908080', 'c3', 'e282']) {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bad, 'hex'), Buffer.from('"}')]);
    expect([bad, scans(bytes), accepted(bytes)]).toEqual([bad, false, false]);
  }
});

test('nesting is accepted as deep as core accepts it', () => {
  for (const depth of [498, 499, 500, 501]) {
    const bytes = Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect([depth, scans(bytes)]).toEqual([depth, accepted(bytes)]);
  }
});

test('it knows where the fields of an entry stand', () => {
  const bytes = entry(7, Buffer.from('x'), { type: 'a"b' });
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(true);
  const { id, ts, log, type, prev } = scanner;
  const { id: theId, ts: theTs, prev: thePrev } = JSON.parse(bytes.toString());
  expect([id, ts, log, type, prev].map((span) => scanner.textOf(span))).toEqual([theId, theTs, 'acme', 'a"b', thePrev]);
  expect(bytes.toString('utf8', scanner.seq.start, scanner.seq.end)).toBe('7');
});
