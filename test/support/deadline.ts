import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer; what has to happen elsewhere has a deadline, not a fixed wait. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, milliseconds = 15_000): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await delay(20);
  }
}
