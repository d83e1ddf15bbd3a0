import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

export type Agent = { readonly url: string; readonly executions: readonly string[]; close(): Promise<void> };

/**
 * A runtime agent such as one runs beside a service: says what a remedy would change, and does it once for each
 * Idempotency-Key. What it "restarts" is a counter in this process; the HTTP between it and the gateway is real.
 */
export async function startAgent(): Promise<Agent> {
  const executions: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, executions).then((body) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, executions, close: () => close(server) };
}

async function answer(request: IncomingMessage, executions: string[]): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { operation, targets }: { operation: string; targets: string[] } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (request.url !== '/execute') return { changes: targets.map((target) => ({ target, will: operation, downtimeSeconds: 4 })) };
  const key = String(request.headers['idempotency-key']);
  if (!executions.includes(key)) executions.push(key);
  return { changed: targets.map((target) => ({ target, did: operation })), run: executions.length };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the agent is not listening');
  return address.port;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
