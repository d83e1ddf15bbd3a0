import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalBytes, digestOf } from '../../src/core/index.ts';
import { type HttpAgentOptions, httpAgent, type Run, simulate } from '../../src/incidents/index.ts';
import { gate } from '../support/gate.ts';

type Seen = { method: string; url: string; key: unknown; authorization: unknown; type: unknown; body: unknown };
type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const seen: Seen[] = [];
let answers: Answer[] = [];
let url = '';
const server = createServer(async (request, response) => {
  response.shouldKeepAlive = false; // a connection of one test is not found dead by the next
  const { method = '', url: path = '', headers } = request;
  const chunks = await request.toArray();
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  seen.push({
    method,
    url: path,
    key: headers['idempotency-key'],
    authorization: headers.authorization,
    type: headers['content-type'],
    body,
  });
  await (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => seen.splice(0));

const run: Run = {
  orchestrationId: 'orc_1',
  runId: 'run_1',
  remedy: { adapter: 'k8s', operation: 'restart', targets: ['a'], parameters: { grace: 5 } },
};
const says =
  (status: number, body: string | Buffer, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);
const agent = (over: Partial<HttpAgentOptions> = {}) => httpAgent({ name: 'k8s', url, timeoutSeconds: 5, pauseMilliseconds: 1, ...over });
const never = new AbortController().signal;
const dryRun = (over: Partial<HttpAgentOptions> = {}, signal = never) => agent(over).dryRun(run, signal);
const of = (body: string | Buffer) => digestOf(Buffer.from(body));

describe('what the agent gets', () => {
  test.each([
    ['dryRun', '/dry-run'],
    ['execute', '/execute'],
  ] as const)('%s posts the remedy with the run as its key', async (verb, path) => {
    answers = [says(200, '{"changes":["one"]}')];
    expect(await agent()[verb](run, never)).toEqual({
      succeeded: true,
      answered: true,
      detail: { agent: 'k8s', httpStatus: 200, attempts: 1, body: { changes: ['one'] }, bodyDigest: of('{"changes":["one"]}'), cut: false },
    });
    const body = {
      orchestrationId: 'orc_1',
      runId: 'run_1',
      adapter: 'k8s',
      operation: 'restart',
      targets: ['a'],
      parameters: { grace: 5 },
    };
    expect(seen).toEqual([{ method: 'POST', url: path, key: 'run_1', authorization: undefined, type: 'application/json', body }]);
  });

  test('a bearer token when there is one, and a path whether it ends in a slash or not', async () => {
    answers = [says(204, '')];
    await dryRun({ url: `${url}/agent/`, bearer: 'hush' });
    await dryRun({ url: `${url}/agent`, bearer: 'hush' });
    expect(seen.map(({ url: path, authorization }) => [path, authorization])).toEqual([
      ['/agent/dry-run', 'Bearer hush'],
      ['/agent/dry-run', 'Bearer hush'],
    ]);
  });
});

describe('what its answer comes to', () => {
  test.each([400, 401, 404, 409, 422, 429])('%d is final', async (status) => {
    answers = [says(status, '{"why":"no"}')];
    expect(await dryRun()).toEqual({
      succeeded: false,
      answered: true,
      detail: { agent: 'k8s', httpStatus: status, attempts: 1, body: { why: 'no' }, bodyDigest: of('{"why":"no"}'), cut: false },
    });
    expect(seen.length).toBe(1);
  });

  test('500 is tried again under the same key, until it answers', async () => {
    answers = [says(500, 'oops'), says(503, 'oops'), says(200, '{}')];
    expect(await dryRun()).toEqual({
      succeeded: true,
      answered: true,
      detail: { agent: 'k8s', httpStatus: 200, attempts: 3, body: {}, bodyDigest: of('{}'), cut: false },
    });
    expect(seen.map(({ key }) => key)).toEqual(['run_1', 'run_1', 'run_1']);
  });

  test('500 to the end is a failure that tells what was said', async () => {
    answers = [says(500, 'oops')];
    expect(await dryRun({ attempts: 2 })).toEqual({
      succeeded: false,
      answered: false,
      detail: { agent: 'k8s', httpStatus: 500, attempts: 2, body: 'oops', bodyDigest: of('oops'), cut: false },
    });
    expect(seen.length).toBe(2);
  });

  test('silence ends at the time limit and is tried again', async () => {
    answers = [() => undefined, says(200, '{}')];
    const result = await dryRun({ timeoutSeconds: 0.4 });
    expect([result.succeeded, result.detail['attempts']]).toEqual([true, 2]);
    answers = [() => undefined];
    expect(await dryRun({ timeoutSeconds: 0.05, attempts: 1 })).toEqual({
      succeeded: false,
      answered: false,
      detail: { agent: 'k8s', attempts: 1, error: 'the agent did not answer in time' },
    });
  });

  test('an answer that stops half way is a failure too', async () => {
    answers = [(response) => response.writeHead(200, { 'content-length': '100' }).write('{"cha', () => response.destroy())];
    const { succeeded, detail } = await dryRun({ attempts: 1 });
    expect([succeeded, Object.keys(detail)]).toEqual([false, ['agent', 'attempts', 'error']]);
  });

  test('nobody there', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const address = gone.address();
    const port = typeof address === 'object' ? address?.port : 0;
    gone.close();
    await once(gone, 'close');
    const { succeeded, detail } = await dryRun({ url: `http://127.0.0.1:${port}`, attempts: 2 });
    expect([succeeded, detail]).toEqual([
      false,
      { agent: 'k8s', attempts: 2, error: `fetch failed: connect ECONNREFUSED 127.0.0.1:${port}` },
    ]);
  });

  test('a redirect is not followed: the remedy and the token go where they were meant to', async () => {
    answers = [says(307, '', { location: `${url}/elsewhere` })];
    const { succeeded, detail } = await dryRun({ attempts: 1, bearer: 'hush' });
    expect([succeeded, detail['error'], seen.map(({ url: path }) => path)]).toEqual([
      false,
      'fetch failed: unexpected redirect',
      ['/dry-run'],
    ]);
  });

  test.each([
    ['text', 'all well'],
    ['an array', '[1,2]'],
    ['a number', '7'],
    ['nothing', ''],
    ['an integer that would be rounded', '{"at":1790000000000000001}'],
    ['a number that is none', '{"at":1e999}'],
    ['U+0000', '{"a":"\\u0000"}'],
    ['half a surrogate pair', '{"a":"\\ud83d"}'],
  ])('%s is kept as text, and the ledger can hold it', async (_name, text) => {
    answers = [says(200, text)];
    const { succeeded, detail } = await dryRun();
    expect([succeeded, detail['body'], detail['bodyDigest']]).toEqual([true, text, of(text)]);
    expect(canonicalBytes(detail).length).toBeGreaterThan(0);
  });

  test('bytes that are not UTF-8 are kept readable, with the digest of what came', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x00]);
    answers = [says(200, bytes)];
    expect((await dryRun()).detail).toMatchObject({ body: 'a\ufffd\ufffd\ufffd', bodyDigest: of(bytes), cut: false });
  });

  test.each([
    [8_192, false],
    [8_193, true],
    [10_240, true],
    [1_048_576, true],
  ])('%d bytes: cut is %s, the digest is of the whole', async (size, cut) => {
    const text = `{"a":"${'x'.repeat(size - 8)}"}`;
    answers = [says(200, text)];
    const { succeeded, detail } = await dryRun();
    expect([succeeded, detail['cut'], detail['bodyDigest']]).toEqual([true, cut, of(text)]);
    expect(detail['body']).toEqual(cut ? text.slice(0, 8_192) : JSON.parse(text));
  });

  test('more than 1 MiB is a failure: what cannot be read whole cannot be bound', async () => {
    answers = [says(200, 'x'.repeat(1_048_577))];
    expect(await dryRun({ attempts: 1 })).toEqual({
      succeeded: false,
      answered: false,
      detail: { agent: 'k8s', attempts: 1, error: "the agent's answer has more than 1048576 bytes" },
    });
  });

  test('an endless answer is left, not read', async () => {
    const left = gate();
    answers = [
      (response) => {
        const pour = () => {
          while (response.write(Buffer.alloc(65_536)));
        };
        response.writeHead(200).on('drain', pour).on('close', left.open);
        pour();
      },
    ];
    expect((await dryRun({ attempts: 1 })).succeeded).toBe(false);
    await left.opened;
  });
});

describe('a run that is aborted has no result', () => {
  test('while the agent is silent', async () => {
    const stop = new AbortController();
    answers = [() => stop.abort(new Error('shutting down'))];
    await expect(dryRun({}, stop.signal)).rejects.toThrow('shutting down');
    expect(seen.length).toBe(1);
  });

  test('while it waits to try again', async () => {
    const stop = new AbortController();
    answers = [says(500, '')];
    const result = dryRun({ pauseMilliseconds: 60_000 }, stop.signal);
    await expect.poll(() => seen.length, { interval: 5 }).toBe(1);
    stop.abort(new Error('shutting down'));
    await expect(result).rejects.toThrow(/shutting down|aborted/);
  });

  test('before it began', async () => {
    await expect(dryRun({}, AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
    expect(seen).toEqual([]);
  });
});

test('simulate says that it is a simulation, and does nothing else', async () => {
  expect([simulate.name, simulate.simulated, agent().simulated]).toEqual(['simulate', true, false]);
  expect(await simulate.dryRun(run, never)).toEqual({
    succeeded: true,
    answered: true,
    detail: { agent: 'simulate', simulation: true, body: { changes: ['would run restart on a'] } },
  });
  expect(await simulate.execute(run, never)).toEqual({
    succeeded: true,
    answered: true,
    detail: { agent: 'simulate', simulation: true, body: { changes: ['would have run restart on a'] } },
  });
});
