import { expect, test } from 'vitest';
import { Rounds } from '../../src/core/index.ts';

const HOUR = 3_600_000;

test('what a round throws is told, and the next one comes all the same', async () => {
  const told: unknown[] = [];
  const third = Promise.withResolvers<void>();
  let count = 0;
  const work = async (): Promise<void> => {
    count += 1;
    if (count === 3) third.resolve();
    throw new Error(`round ${count}`);
  };
  const rounds = new Rounds(work, { pauseMilliseconds: 1, onError: (error) => told.push(String(error)) });
  rounds.start();
  await third.promise;
  await rounds.stop();
  expect(told.slice(0, 3)).toEqual(['Error: round 1', 'Error: round 2', 'Error: round 3']);
});

test('a stop waits for the round under way, which sees it, and no other begins', async () => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const seen: unknown[] = [];
  const work = async (): Promise<void> => {
    seen.push('begun');
    begun.resolve();
    await ended.promise;
    seen.push(rounds.signal.aborted);
  };
  const rounds: Rounds = new Rounds(work, { pauseMilliseconds: 0, onError: (error) => seen.push(error) });
  rounds.start();
  await begun.promise;
  const stopped = rounds.stop().then(() => seen.push('stopped'));
  ended.resolve();
  await stopped;
  expect(seen).toEqual(['begun', true, 'stopped']);
});

test('a stop ends the pause', async () => {
  const done = Promise.withResolvers<void>();
  const rounds = new Rounds(async () => done.resolve(), { pauseMilliseconds: HOUR, onError: () => undefined });
  rounds.start();
  await done.promise;
  await rounds.stop();
  expect(rounds.signal.aborted).toBe(true);
});

test('one that never began stops at once', async () => {
  let count = 0;
  const work = async (): Promise<void> => {
    count += 1;
  };
  await new Rounds(work, { pauseMilliseconds: HOUR, onError: () => undefined }).stop();
  expect(count).toBe(0);
});
