import { expect, test } from 'vitest';
import { readClaim, textList } from '../../src/auth/claims.ts';

const claims = { plain: 1, 'https://x.example/t': 2, 'a/b': { 'm~n': [3, { deep: 4 }] }, '': 5 };

test.each([
  ['plain', 1],
  ['https://x.example/t', 2],
  ['/plain', 1],
  ['/a~1b/m~0n/0', 3],
  ['/a~1b/m~0n/1/deep', 4],
  ['/', 5],
  ['/a~1b/m~0n/length', undefined],
  ['/a~1b/m~0n/00', undefined],
  ['/a~1b/m~0n/-1', undefined],
  ['/plain/toFixed', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
  ['/__proto__/toString', undefined],
  ['toString', undefined],
])('the claim %s', (name, value) => {
  expect(readClaim(claims, name)).toEqual(value);
});

test.each([
  [
    ['a', 'b', 'a'],
    ['a', 'b'],
  ],
  ['a  b a', ['a', 'b']],
  [[1, null, '', 'a'.repeat(257), '\ud800', ['a']], []],
  [{ 0: 'a' }, []],
  [undefined, []],
])('the texts of %j', (value, texts) => {
  expect(textList(value)).toEqual(texts);
});
