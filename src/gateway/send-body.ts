import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { within } from '../core/index.ts';
import type { Patience } from './body-stream.ts';

/** Half a minute without taking a byte, or less than 16 KiB/s beside two minutes: whoever does that has gone, or never wanted the answer. */
const patience: Patience = { idle: 30_000, grace: 120_000, bytesPerSecond: 16_384 };

/**
 * Writes a body as fast as it is taken, and resolves when all of it was. What we take to have its bytes is not waiting.
 *
 * @param now a clock in milliseconds
 * @throws Error when whoever asked for it takes it no more, or too slowly
 */
export async function sendBody(
  content: AsyncIterable<Uint8Array> | Buffer,
  to: ServerResponse,
  { idle, grace, bytesPerSecond }: Patience = patience,
  now = () => performance.now(),
): Promise<void> {
  const closed = new AbortController();
  to.once('close', () => closed.abort());
  let [waited, sent] = [0, Buffer.isBuffer(content) ? content.length : 0];
  const taken = async (event: 'drain' | 'finish'): Promise<void> => {
    const left = Math.min(idle, grace + (sent * 1_000) / bytesPerSecond - waited);
    const from = now();
    const done = left > 0 && (await within(left, once(to, event, { signal: closed.signal })));
    waited += now() - from;
    if (!done) throw new Error('the answer is not taken, or too slowly');
  };
  if (Buffer.isBuffer(content)) to.end(content);
  else {
    for await (const chunk of content) {
      sent += chunk.length;
      if (!to.write(chunk)) await taken('drain');
    }
    to.end();
  }
  if (!to.writableFinished) await taken('finish');
}
