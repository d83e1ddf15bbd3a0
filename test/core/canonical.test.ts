import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CanonicalError, canonicalBytes, digestOfJson, parseCanonical } from '../../src/core/index.ts';

const text = (value: unknown) => Reflect.apply(canonicalBytes, undefined, [value]).toString('utf8');

describe('canonicalBytes', () => {
  test('writes the sample of RFC 8785 §3.2.2 as the RFC does', () => {
    const sample = {
      numbers: [Number('333333333.33333329'), 4.5, 2e-3, 0.000000000000000000000000001], // and 1e30, which we refuse: see below
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(text(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('sorts keys by UTF-16 code units, as the sample of RFC 8785 §3.2.3', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(text(sample)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  /** RFC 8785 Appendix B: the IEEE 754 bits and what is written for them. */
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['433fffffffffffff', '9007199254740991'],
    ['c33fffffffffffff', '-9007199254740991'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number with bits %s as %s', (bits, written) => {
    expect(text(Buffer.from(bits, 'hex').readDoubleBE())).toBe(written);
  });

  test.each([
    ['an integer beyond 2^53 - 1', '4340000000000000'],
    ['an integer below -(2^53 - 1)', 'c340000000000000'],
    ['the largest number', '7fefffffffffffff'],
    ['an integer near 1e21', '444b1ae4d6e2ef4e'],
    ['not a number', '7fffffffffffffff'],
    ['infinity', '7ff0000000000000'],
  ])('refuses %s', (_what, bits) => {
    expect(() => text({ a: [Buffer.from(bits, 'hex').readDoubleBE()] })).toThrow(
      expect.objectContaining({ code: 'canonical.unsupported_value', message: expect.stringContaining('at `$.a[0]` cannot be written') }),
    );
  });

  test.each([
    ['undefined', undefined, 'a value of type undefined'],
    ['a bigint', 1n, 'a value of type bigint'],
    ['a function', () => 1, 'a value of type function'],
    ['a symbol', Symbol('x'), 'a value of type symbol'],
    ['a date', new Date(0), 'an object that is not plain'],
    ['a map', new Map(), 'an object that is not plain'],
    ['a Buffer', Buffer.from('x'), 'an object that is not plain'],
    [
      'an object with toJSON of its class',
      new (class {
        toJSON() {
          return 1;
        }
      })(),
      'an object that is not plain',
    ],
    ['a lone high surrogate', '\ud800', 'a string with a lone surrogate'],
    ['a lone low surrogate', 'a\udc00', 'a string with a lone surrogate'],
    ['a key with a lone surrogate', { '\ud800': 1 }, 'a key with a lone surrogate'],
  ])('refuses %s and names the place', (_what, value, why) => {
    const refused = expect.objectContaining({
      code: 'canonical.unsupported_value',
      message: `${why} at \`$.deep[1].x\` cannot be written as canonical JSON`,
    });
    expect(() => text({ deep: [0, { x: value }] })).toThrow(refused);
  });

  test('refuses a hole in an array', () => {
    const holed = [1, 2, 3];
    delete holed[1];
    expect(() => text(holed)).toThrow(CanonicalError);
  });

  test('refuses a toJSON of its own, which would write something else', () => {
    expect(() => text({ toJSON: () => 1 })).toThrow(expect.objectContaining({ code: 'canonical.unsupported_value' }));
  });

  test('gives equal values equal digests whatever the order of their keys', () => {
    expect(digestOfJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe(digestOfJson({ a: null, b: [1, { c: 2, d: 1 }] }));
    expect(digestOfJson({})).toBe('sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

describe('the package canonicalize, which we do not run', () => {
  /** Keys that are numbers, escapes and beyond the BMP; what we refuse and it writes (integers beyond 2^53 - 1) is left out. */
  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', '', '10', '9', '\ud83d\ude00', '\ufb33', '\u2028', '"', '\\'),
    fc.string({ unit: 'binary' }),
  );
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    fc.constant(-0),
  );
  const scalar = fc.oneof(number, key, fc.boolean(), fc.constant(null));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 5 }), tie('object')),
    object: fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((members) => Object.fromEntries(members)),
  }));

  test('writes 5,000 values as we do', () => {
    const wellFormed = value.filter((one) => !JSON.stringify(one).includes('\\ud'));
    fc.assert(
      fc.property(wellFormed, (one) => {
        expect(text(one)).toBe(canonicalize(one));
      }),
      { numRuns: 5_000, seed: 20261121 },
    );
  });
});

describe('nesting', () => {
  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

  test('is written 500 levels deep', () => expect(text(nested(500))).toBe(`${'['.repeat(500)}${']'.repeat(500)}`));

  test.each([501, 100_000])('is refused %d levels deep, and does not end the stack', (levels) => {
    expect(() => text(nested(levels))).toThrow(
      expect.objectContaining({ code: 'canonical.unsupported_value', message: expect.stringContaining('nested deeper than 500 levels') }),
    );
  });

  test('in a circle is refused', () => {
    const circle: unknown[] = [];
    circle.push({ circle });
    expect(() => text(circle)).toThrow(CanonicalError);
  });
});

describe('parseCanonical', () => {
  test('gives back what canonicalBytes wrote', () => {
    const value = { a: [1, -0.5, 'ö\n€', null, true, { '': '' }], z: {} };
    expect(parseCanonical(canonicalBytes(value))).toEqual(value);
  });

  test('keeps a key called __proto__ as a key', () => {
    const bytes = Buffer.from('{"__proto__":{"a":1},"b":2}');
    expect(Object.keys(Object(parseCanonical(bytes)))).toEqual(['__proto__', 'b']);
  });

  test.each([
    ['nothing', ''],
    ['two values', '1 2'],
    ['a duplicate key', '{"a":1,"a":1}'],
    ['a duplicate key further in', '[{"a":1,"b":2,"a":1}]'],
    ['a space', '{"a": 1}'],
    ['a line end after it', '{"a":1}\n'],
    ['keys in another order', '{"b":1,"a":2}'],
    ['a number in another form', '{"a":1.0}'],
    ['a number with an exponent', '{"a":1e2}'],
    ['minus zero', '-0'],
    ['a number that rounds', '0.10000000000000001'],
    ['an integer beyond 2^53 - 1', '9007199254740993'],
    ['an escape that is not needed', '"\\u0041"'],
    ['an escape in upper case', '"\\u000F"'],
    ['an escaped slash', '"\\/"'],
    ['a byte order mark', '\ufeff{}'],
    ['a lone surrogate in an escape', '"\\ud800"'],
  ])('refuses %s', (_what, json) => {
    expect(() => parseCanonical(Buffer.from(json, 'utf8'))).toThrow(CanonicalError);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseCanonical(Buffer.from([0x22, 0xff, 0x22]))).toThrow(expect.objectContaining({ code: 'canonical.not_canonical' }));
    expect(() => parseCanonical(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toThrow(
      expect.objectContaining({ code: 'canonical.not_canonical' }),
    );
  });
});
