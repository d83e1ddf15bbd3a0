import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { expect, test } from 'vitest';
import { canonicalBytes, parseCanonical } from '../../src/core/index.ts';
import { LeafScanner } from '../../src/ledger/verify/scanner.ts';

/** The data of the reference implementation of RFC 8785; see testdata/jcs/README.md. */
const folder = join(import.meta.dirname, 'testdata', 'jcs');
const names = globSync('*.json', { cwd: join(folder, 'input') }).toSorted();
const read = (kind: 'input' | 'output', name: string) => readFileSync(join(folder, kind, name));

test('all of it is here', () => {
  expect(names).toEqual(['arrays.json', 'french.json', 'structures.json', 'unicode.json', 'values.json', 'weird.json']);
});

test.each(names.filter((name) => name !== 'values.json'))('%s is written as the reference writes it, and read back', (name) => {
  const output = read('output', name);
  expect(canonicalBytes(JSON.parse(read('input', name).toString())).equals(output)).toBe(true);
  expect(canonicalBytes(parseCanonical(output)).equals(output)).toBe(true);
  const isObject = output[0] === 0x7b;
  expect(new LeafScanner().scan(output, 0, output.length)).toBe(isObject);
});

test('values.json holds 1e30, an integer that other readers would round: we refuse it, and write the rest as the reference does', () => {
  const input = JSON.parse(read('input', 'values.json').toString());
  const output = read('output', 'values.json');
  expect(() => canonicalBytes(input)).toThrow('an integer beyond 2^53 - 1 at `$.numbers[1]` cannot be written as canonical JSON');
  expect(() => parseCanonical(output)).toThrow('an integer beyond 2^53 - 1');
  expect(new LeafScanner().scan(output, 0, output.length)).toBe(false);
  const rest = output.toString().replace('1e+30,', '');
  input.numbers.splice(1, 1);
  expect([canonicalBytes(input).toString(), canonicalize(input)]).toEqual([rest, rest]);
  expect(new LeafScanner().scan(Buffer.from(rest), 0, Buffer.byteLength(rest))).toBe(true);
});

test.each(names)('what %s was before is not canonical', (name) => {
  const input = read('input', name);
  expect(() => parseCanonical(input)).toThrow();
  expect(new LeafScanner().scan(input, 0, input.length)).toBe(false);
});
