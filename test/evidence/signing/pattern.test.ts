import { describe, expect, it } from 'vitest';
import { matchesPattern, patternFault } from '../../../src/evidence/verify/signers/pattern.ts';

describe('a pattern has', () => {
  it.each([
    ['a', 'a'],
    ['a*', 'a'],
    ['a*', 'abc'],
    ['*@acme.example', 'ada@acme.example'],
    ['a*c', 'abbc'],
    ['a*c*e', 'abcde'],
    ['a/*/c', 'a/b/c'],
    ['a/**', 'a/b/c'],
    ['a**c', 'a/b/c'],
    ['a*', 'a🙂'],
    ['v1.*', 'v1.2'],
  ])('`%s` as `%s`', (pattern, subject) => {
    expect(matchesPattern(pattern, subject)).toBe(true);
  });

  it.each([
    ['the beginning of a longer subject', 'https://acme.example/release', 'https://acme.example/release/../evil'],
    ['the end of a longer subject', 'acme.example/release', 'https://evil.example/acme.example/release'],
    ['a folder more', 'https://acme.example/*/release', 'https://acme.example/a/b/release'],
    ['a folder more at the end', 'refs/tags/v*', 'refs/tags/v1/evil'],
    ['another character for a dot', 'acme.example', 'acmeXexample'],
    ['less', 'ab*', 'a'],

    ['nothing', 'a', ''],
    ['what is longer than any address', 'a**', 'a'.repeat(2_049)],
  ])('not %s', (_, pattern, subject) => {
    expect(matchesPattern(pattern, subject)).toBe(false);
  });

  it('an answer at once, whatever the subject', () => {
    const started = performance.now();
    expect(matchesPattern(`${'a**'.repeat(300)}b`, 'a'.repeat(2_048))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

it.each([
  ['a.b/c-d@e+f', undefined],
  ['*@acme.example', undefined],
  ['https://acme.example/**', undefined],
  ['*', 'it would trust everybody of that issuer'],
  ['**', 'it would trust everybody of that issuer'],
  ['*/**', 'it would trust everybody of that issuer'],
  ['', 'it would trust everybody of that issuer'],
  ['a***', 'it has more than two `*` in a row'],
  ['^a', expect.stringContaining('regular expression')],
  ['a$', expect.stringContaining('regular expression')],
  ['a\\.b', expect.stringContaining('regular expression')],
  ['(a|b)', expect.stringContaining('regular expression')],
  ['[ab]', expect.stringContaining('regular expression')],
  ['a'.repeat(1_025), 'it is longer than 1024 characters'],
])('what is wrong with `%s`', (pattern, fault) => {
  expect(patternFault(pattern)).toEqual(fault);
});
