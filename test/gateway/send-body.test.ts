import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Patience } from '../../src/gateway/body-stream.ts';
import { sendBody } from '../../src/gateway/send-body.ts';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo = Object(server.address());
  port = address.port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const HOUR = 3_600_000;
const patient: Patience = { idle: HOUR, grace: HOUR, bytesPerSecond: Number.POSITIVE_INFINITY };

/** A response, and who asked for it: nothing is taken until they are resumed. */
async function asked(): Promise<{ to: ServerResponse; answer: Promise<IncomingMessage>; leave: () => void }> {
  const asking = request({ port, agent: false });
  asking.on('error', () => undefined);
  const answer = once(asking, 'response').then(([message]: IncomingMessage[]) => {
    if (message === undefined) throw new Error('no answer came');
    return message;
  });
  answer.catch(() => undefined);
  asking.end();
  const [, to]: [IncomingMessage, ServerResponse] = Object(await once(server, 'request'));
  return { to, answer, leave: () => asking.destroy() };
}

const MIB = 2 ** 20;
async function* chunks(count: number, before: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n += 1) {
    before();
    yield Buffer.alloc(MIB, n);
  }
}

test('a body comes whole, in pieces or at once, and it is known when it was taken', async () => {
  for (const content of [chunks(20), Buffer.alloc(20 * MIB)]) {
    const { to, answer } = await asked();
    const sent = sendBody(content, to, patient);
    expect((await buffer(await answer)).length).toBe(20 * MIB);
    await sent;
    expect(to.writableFinished).toBe(true);
  }
});

test('who takes nothing is given up, in pieces or at once', async () => {
  for (const content of [chunks(100), Buffer.alloc(100 * MIB)]) {
    const { to, leave } = await asked();
    await expect(sendBody(content, to, { ...patient, idle: 50 })).rejects.toThrow('not taken');
    leave();
  }
});

test('who takes it too slowly is given up as well', async () => {
  const { to, leave } = await asked();
  await expect(sendBody(chunks(100), to, { ...patient, grace: 50, bytesPerSecond: Number.POSITIVE_INFINITY })).rejects.toThrow(
    'too slowly',
  );
  leave();
});

test('who goes is noticed at once', async () => {
  const { to, leave } = await asked();
  const sent = sendBody(chunks(100), to, patient);
  leave();
  await expect(sent).rejects.toThrow();
});

test('that we are slow is not their fault', async () => {
  const { to, answer } = await asked();
  let now = 0;
  const content = chunks(20, () => {
    now += HOUR;
  });
  const sent = sendBody(content, to, { ...patient, grace: 60_000 }, () => now);
  expect((await buffer(await answer)).length).toBe(20 * MIB);
  await sent;
});
