import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { commitmentOf, disclosed } from '../../src/vault/index.ts';

const salt = Buffer.alloc(32, 3).toString('base64url');
const at = (path: string, value = 'my words') => ({ path, salt, value });

test('a commitment is the hash that the format says', () => {
  const json = `["${salt}","/data/effect/comment","caf\u00e9 \\"x\\""]`;
  const expected = createHash('sha256').update(json, 'utf8').digest('hex');
  expect(commitmentOf({ path: '/data/effect/comment', salt, value: 'caf\u00e9 "x"' })).toEqual({ committed: expected });
});

describe('what is disclosed', () => {
  const [one, deep] = [at('/data/a'), at('/data/list/1/x~1y~0z')];
  const leaf = { a: commitmentOf(one), list: [1, { 'x/y~z': commitmentOf(deep), b: null }], other: { committed: 'no hash' } };

  test('is put back at its place, the rest stays', () => {
    expect(disclosed(leaf, '/data', [deep, one])).toEqual({
      value: { a: 'my words', list: [1, { 'x/y~z': 'my words', b: null }], other: { committed: 'no hash' } },
      missing: [],
    });
  });

  test('what is not is pointed at and stays a commitment', () => {
    expect(disclosed(leaf, '/data', [one])).toEqual({ value: { ...leaf, a: 'my words' }, missing: ['/data/list/1/x~1y~0z'] });
    expect(disclosed(leaf, '/data', [])).toEqual({ value: leaf, missing: ['/data/a', '/data/list/1/x~1y~0z'] });
  });

  test.each([
    ['another value', at('/data/a', 'their words')],
    ['another salt', { ...one, salt: Buffer.alloc(32, 4).toString('base64url') }],
  ])('with %s is an error and no value', (_what, false_) => {
    expect(() => disclosed(leaf, '/data', [false_])).toThrow(expect.objectContaining({ code: 'vault.disclosure_mismatch' }));
  });

  test('a commitment moved to another place does not open there', () => {
    const moved = { b: commitmentOf(one) };
    expect(() => disclosed(moved, '/data', [{ ...one, path: '/data/b' }])).toThrow(
      expect.objectContaining({ code: 'vault.disclosure_mismatch' }),
    );
  });
});
