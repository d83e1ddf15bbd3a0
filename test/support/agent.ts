import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export type AgentCall = {
  readonly verb: string;
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
};

/** A runtime agent on the loopback that keeps what it was asked. A test may hold its answers, or change them. */
export async function startAgent() {
  const calls: AgentCall[] = [];
  const state: { held: Promise<void>; status: number; answer: object } = {
    held: Promise.resolve(),
    status: 200,
    answer: { changed: ['checkout-1'] },
  };
  const server = createServer(async (request, response) => {
    const body: unknown = JSON.parse(await text(request));
    const key = request.headers['idempotency-key'];
    calls.push({
      verb: (request.url ?? '').replace(/^\//, ''),
      key: Array.isArray(key) ? key.join() : key,
      authorization: request.headers.authorization,
      body,
    });
    await state.held;
    response.writeHead(state.status, { 'content-type': 'application/json' }).end(JSON.stringify(state.answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    state,
    callsOf: (verb: string) => calls.filter((call) => call.verb === verb),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type Agent = Awaited<ReturnType<typeof startAgent>>;
