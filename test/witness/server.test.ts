import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/core/index.ts';
import { WitnessServer } from '../../src/witness/index.ts';
import { refusalOf } from '../support/errors.ts';
import { removeFolders } from '../support/folders.ts';
import { gate } from '../support/gate.ts';
import { origin, requestOf, TestLog, type TestWitness, witnessOf } from './log.ts';

let log: TestLog;
let witness: TestWitness;
let server: WitnessServer;
let errors: unknown[];

beforeEach(async () => {
  log = new TestLog();
  witness = witnessOf(log);
  errors = [];
  server = await WitnessServer.listen({ ...witness, host: '127.0.0.1', port: 0, onError: (error) => errors.push(error) });
});
afterEach(async () => {
  await server.close();
  removeFolders([witness.state]);
});

const post = (body: BodyInit, path = '/add-checkpoint') => fetch(server.url + path, { method: 'POST', body, ...{ duplex: 'half' } });
const shown = async (response: Response) => [response.status, response.headers.get('content-type'), await response.text()];
const plain = 'text/plain; charset=utf-8';

describe('over HTTP', () => {
  test('a cosignature, the size on a conflict, and the reason of a refusal', async () => {
    expect(await shown(await post(log.request(0, 5)))).toEqual([
      200,
      plain,
      expect.stringMatching(/^— witness\.example\/w1 [A-Za-z0-9+/]+=*\n$/),
    ]);
    expect(await shown(await post(log.request(0, 9)))).toEqual([409, 'text/x.tlog.size', '5\n']);
    expect(await shown(await post('hello'))).toEqual([400, plain, 'this is not an add-checkpoint request\n']);
    expect(await shown(await post(new TestLog('a.example/b').request(0, 1)))).toEqual([
      404,
      plain,
      'this witness does not watch that log\n',
    ]);
    expect(await shown(await post(new TestLog().request(5, 9)))).toEqual([
      403,
      plain,
      'the checkpoint has no valid signature of a known key of the log\n',
    ]);
    expect(await shown(await post(requestOf(5, [], log.checkpoint(9))))).toEqual([
      422,
      plain,
      'the proof does not show that the checkpoint continues the last one\n',
    ]);
    expect(await shown(await post(requestOf(5, [], log.checkpoint(5, log.forkedAt(4)))))).toEqual([
      422,
      plain,
      'another root was cosigned for this size\n',
    ]);
  });

  test('the newest note that it cosigned, by the hash of its origin', async () => {
    const path = `${server.url}/${sha256(Buffer.from(origin)).toString('hex')}/checkpoint`;
    expect((await fetch(path)).status).toBe(404);
    const cosignature = await (await post(log.request(0, 5))).text();
    expect(await shown(await fetch(path))).toEqual([200, plain, log.checkpoint(5) + cosignature]);
    for (const elsewhere of [path.toUpperCase(), `${server.url}/${'0'.repeat(64)}/checkpoint`, `${server.url}/../checkpoint`]) {
      expect((await fetch(elsewhere)).status).toBe(404);
    }
    expect((await fetch(path, { method: 'POST' })).status).toBe(404);
  });

  test('nothing else', async () => {
    expect((await fetch(`${server.url}/add-checkpoint`)).status).toBe(404);
    expect((await fetch(`${server.url}/`)).status).toBe(404);
    expect((await post(log.request(0, 5), '/add-checkpoint/more')).status).toBe(404);
  });

  test('what is not UTF-8 is refused, and not repaired', async () => {
    const note = log.request(0, 5);
    const bytes = Buffer.from(note);
    bytes.writeUInt8(0xff, 10);
    expect((await post(new Uint8Array(bytes))).status).toBe(400);
  });

  test('a body above the limit is refused, with and without a length that says so', async () => {
    expect((await post('x'.repeat(70_000))).status).toBe(413);
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(10_000)) });
    const answer = await post(endless).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(answer);
    expect((await post(log.request(0, 5))).status).toBe(200);
  });

  test('a client that hangs up in the middle of its request harms nobody', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nold 0\n');
    socket.destroy();
    expect((await post(log.request(0, 5))).status).toBe(200);
  });

  test('a fault is told to the operator and answered without a word about it', async () => {
    const broken = await WitnessServer.listen({
      ...witness,
      host: '127.0.0.1',
      port: 0,
      onError: (error) => errors.push(error),
      hooks: { beforePersist: () => Promise.reject(new Error('the disk is full')) },
    });
    const answer = await fetch(`${broken.url}/add-checkpoint`, { method: 'POST', body: log.request(0, 5) });
    expect(await shown(answer)).toEqual([500, plain, 'this witness is at fault\n']);
    expect(errors).toEqual([new Error('the disk is full')]);
    await broken.close();
  });

  test('a stop lets a request end that is under way', async () => {
    const [arrived, go] = [gate(), gate()];
    const beforePersist = () => {
      arrived.open();
      return go.opened;
    };
    const slow = await WitnessServer.listen({ ...witness, host: '127.0.0.1', port: 0, hooks: { beforePersist } });
    const answer = fetch(`${slow.url}/add-checkpoint`, { method: 'POST', body: log.request(0, 5), headers: { connection: 'close' } });
    await arrived.opened;
    const closed = slow.close();
    go.open();
    expect((await answer).status).toBe(200);
    await closed;
  });

  test('an address that is taken is told', async () => {
    const { port } = new URL(server.url);
    const refusal = await refusalOf(WitnessServer.listen({ ...witness, host: '127.0.0.1', port: Number(port) }));
    expect([refusal.code, refusal.message]).toEqual([
      'witness.cannot_listen',
      expect.stringContaining(`cannot listen on 127.0.0.1:${port}: `),
    ]);
  });
});
