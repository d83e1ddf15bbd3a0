import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
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

async function all(message: IncomingMessage, patience: Patience, use: () => Promise<void> = async () => undefined): Promise<number> {
  let bytes = 0;
  for await (const chunk of streamBody(message, patience)) {
    bytes += chunk.length;
    await use();
  }
  return bytes;
}

test('a body of which nothing comes is given up', async () => {
  const { message, sending } = await received();
  sending.write('x');
  expect(await codeOf(all(message, { idle: 50, whole: 60_000 }))).toBe('gateway.body_stalled');
  sending.destroy();
});

test('one that never ends is given up as well, however often something comes', async () => {
  const { message, sending } = await received();
  const dripping = setInterval(() => sending.write('x'), 10);
  expect(await codeOf(all(message, { idle: 60_000, whole: 200 }))).toBe('gateway.body_stalled');
  clearInterval(dripping);
  sending.destroy();
});

test('one whose sender goes is cut off', async () => {
  const { message, sending } = await received();
  sending.write('x', () => sending.destroy());
  expect(await codeOf(all(message, { idle: 60_000, whole: 60_000 }))).toBe('gateway.body_cut_off');
});

test('that we are slow is not the sender’s fault', async () => {
  const { message, sending } = await received();
  sending.end('x'.repeat(100));
  expect(await all(message, { idle: 1_000, whole: 60_000 }, async () => void (await delay(1_100)))).toBe(100);
});
