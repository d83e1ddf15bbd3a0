import { isIP } from 'node:net';
import type { Authenticator } from '../auth/index.ts';
import type { Decision } from '../govern/index.ts';
import { GatewayError } from './errors.ts';
import { credentialsOf, type EdgeRequest, type Route } from './http.ts';
import type { Yoga } from './yoga.ts';

/** `/graphql`: nobody reaches it unnamed, but for the page of GraphiQL (development) and the preflight of CORS. */
export function graphqlRoute(yoga: Yoga, authenticator: Authenticator, graphiql: boolean): Route {
  return {
    path: '/graphql',
    methods: ['GET', 'POST', 'OPTIONS'],
    handle: async (request) => {
      const open = request.method === 'OPTIONS' || (graphiql && asksForPage(request) && isOurOwn(request));
      const identity = open ? null : await authenticator.authenticate({ ...credentialsOf(request), channel: 'graphql' });
      if (request.method === 'POST') assertJson(request);
      const decisions: Decision[] = [];
      return yoga.fetch(request.url, await toInit(request), { identity, decisions });
    },
  };
}

function asksForPage(request: EdgeRequest): boolean {
  return request.method === 'GET' && !request.url.searchParams.has('query') && (request.header('accept') ?? '').includes('text/html');
}

/**
 * The page holds tokens, so it is for this machine only, whatever we listen on. And a site whose name was rebound to our address must
 * not read it as its own: an address and localhost cannot be rebound.
 */
function isOurOwn(request: EdgeRequest): boolean {
  const hostname = URL.parse(`http://${request.header('host')}`)?.hostname ?? '';
  const named = hostname === 'localhost' || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return named && /^(::ffff:)?127\.|^::1$/.test(request.peerAddress);
}

/** A page of another site can send forms and plain text without asking first, JSON it cannot: nothing else is taken. */
function assertJson(request: EdgeRequest): void {
  const type = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new GatewayError('gateway.body_not_json', `the body is ${type === '' ? 'of no type' : `\`${type}\``}, an operation comes as JSON`, {
    remedy: 'send `content-type: application/json`',
  });
}

async function toInit(request: EdgeRequest): Promise<RequestInit> {
  const headers = new Headers();
  for (const name of ['accept', 'content-type', 'origin', 'access-control-request-method', 'access-control-request-headers']) {
    const value = request.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  return request.method === 'POST' ? { method: 'POST', headers, body: await request.body() } : { method: request.method, headers };
}
