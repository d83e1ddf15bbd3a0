import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Patience, streamBody } from '../../src/gateway/body-stream.ts';
import { codeOf } from '../support/errors.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = Object(server.address());
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The message of a request whose body a test sends as it likes. */
async function received(): Promise<{ message: IncomingMessage; sending: ReturnType<typeof request> }> {
  const sending = request(url, { method: 'PUT', agent: false, headers: { 'content-length': 100 } });
  sending.on('error', () => undefined);
  sending.flushHeaders();
  const [message]: IncomingMessage[] = await once(server, 'request');
  if (message === undefined) throw new Error('no request came');
  return { message, sending };
}

const HOUR = 3_600_000;
const patient: Patience = { idle: HOUR, grace: HOUR, bytesPerSecond: Number.POSITIVE_INFINITY };

async function all(message: IncomingMessage, patience: Partial<Patience>): Promise<number> {
  let bytes = 0;
  for await (const chunk of streamBody(message, { ...patient, ...patience })) bytes += chunk.length;
  return bytes;
}

test('a body of which nothing comes is given up', async () => {
  const { message, sending } = await received();
  sending.write('x');
  expect(await codeOf(all(message, { idle: 50 }))).toBe('gateway.body_stalled');
  sending.destroy();
});

test('one that never ends is given up as well, however often something comes', async () => {
  const { message, sending } = await received();
  const dripping = setInterval(() => sending.write('x'), 10);
  expect(await codeOf(all(message, { grace: 200 }))).toBe('gateway.body_stalled');
  clearInterval(dripping);
  sending.destroy();
});

test('one whose sender goes is cut off', async () => {
  const { message, sending } = await received();
  sending.write('x', () => sending.destroy());
  expect(await codeOf(all(message, {}))).toBe('gateway.body_cut_off');
});

test('one that comes more slowly than it may is given up, and one that comes as fast is not', async () => {
  const ends: unknown[] = [];
  for (const bytesPerSecond of [1_000, 0.001]) {
    const { message, sending } = await received();
    sending.write('x'.repeat(50));
    let now = 0;
    const eachWaitTakes = (seconds: number) => () => {
      now += seconds * 1_000;
      return now;
    };
    const body = streamBody(message, { ...patient, grace: 5_000, bytesPerSecond }, eachWaitTakes(10));
    ends.push((await body.next()).value?.length);
    sending.end('x'.repeat(50));
    ends.push(
      await body.next().then(
        ({ value }) => value?.length,
        (error) => error.code,
      ),
    );
    sending.destroy();
  }
  expect(ends).toEqual([50, 'gateway.body_stalled', 50, 50]);
});

test('that we are slow is not the sender’s fault', async () => {
  const { message, sending } = await received();
  sending.write('x'.repeat(50));
  let [now, bytes] = [0, 0];
  for await (const chunk of streamBody(message, { ...patient, grace: 60_000 }, () => now)) {
    bytes += chunk.length;
    now += HOUR;
    if (bytes === 50) sending.end('x'.repeat(50));
  }
  expect(bytes).toBe(100);
});

test('what is left of a body that nobody wants any more can be let go by, to its end', async () => {
  const { message, sending } = await received();
  sending.write('x'.repeat(50));
  for await (const _chunk of streamBody(message, patient)) break;
  message.resume();
  sending.end('x'.repeat(50));
  await once(message, 'end');
  expect(message.complete).toBe(true);
});
