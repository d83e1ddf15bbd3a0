import { expect, test } from 'vitest';
import { Places } from '../../src/core/index.ts';

test('there are so many places, and so many of each holder; one that is given back, once or twice, is free once', () => {
  const places = new Places({ all: 3, each: 2 });
  const leave = places.take('a');
  expect([places.take('a'), places.take('a'), places.take('b'), places.take('b')].map((place) => place !== undefined)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  leave?.();
  leave?.();
  expect([places.take('a'), places.take('a')].map((place) => place !== undefined)).toEqual([true, false]);
});
