import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Addresses, type Answer, route } from './routes.ts';
import { Store } from './store.ts';

export type StandIn = Addresses & { readonly token: string; readonly store: Store; close(): Promise<void> };

/**
 * A release host on this machine that speaks the part of GitHub's API that `attach` uses, as strictly as the real one: a token and a
 * User-Agent on every call, uploads at an address of their own with their length told, and downloads from a third, which refuses
 * tokens. What it holds is gone when it is closed.
 */
export async function startStandIn({ repository = 'acme/app', token = 'stand-in-token' } = {}): Promise<StandIn> {
  const store = new Store();
  const servers = [
    listen((request, response) => void answer(request, response, false)),
    listen((request, response) => void answer(request, response, true)),
    listen((request, response) => download(store, request, response)),
  ];
  const [api = '', uploads = '', storage = ''] = await Promise.all(servers.map(addressOf));
  const addresses: Addresses = { api: `${api}/api/v3`, uploads: `${uploads}/api/uploads`, storage, repository };
  return { ...addresses, token, store, close: () => closeAll(servers) };

  async function answer(request: IncomingMessage, response: ServerResponse, isUpload: boolean): Promise<void> {
    const body = await buffer(request);
    const header = (name: string) => request.headers[name]?.toString();
    const url = new URL(request.url ?? '/', isUpload ? uploads : api);
    const denied = deny(header, token);
    send(response, denied ?? route(store, { method: request.method ?? '', url, header, body }, addresses, isUpload));
  }
}

function deny(header: (name: string) => string | undefined, token: string): Answer | undefined {
  if (header('user-agent') === undefined) return { status: 403, json: { message: 'Request forbidden by administrative rules.' } };
  if (header('authorization') !== `Bearer ${token}`) return { status: 401, json: { message: 'Bad credentials' } };
  return undefined;
}

function send(response: ServerResponse, { status, json, location }: Answer): void {
  if (location !== undefined) response.setHeader('location', location);
  if (json === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
}

/** As object storage behind signed addresses does: the address is the permission, and a token besides is an error. */
function download(store: Store, request: IncomingMessage, response: ServerResponse): void {
  const ticket = (request.url ?? '').slice(1);
  const asset = store.releases.flatMap(({ assets }) => assets).find((one) => one.ticket === ticket);
  if (request.headers.authorization !== undefined) response.writeHead(400).end('Only one auth mechanism allowed');
  else if (asset === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': asset.contentType }).end(asset.bytes);
}

function listen(listener: RequestListener): Server {
  return createServer(listener).listen(0, '127.0.0.1');
}

async function addressOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in is not listening');
  return `http://127.0.0.1:${address.port}`;
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
}
