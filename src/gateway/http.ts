import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthRequest } from '../auth/index.ts';
import { GatewayError } from './errors.ts';

/** A request as routes see it. */
export type EdgeRequest = {
  readonly method: string;
  readonly url: URL;
  /** Address of the socket's other end; a proxy's, when one is in between. */
  readonly peerAddress: string;
  header(name: string): string | undefined;
  /** The whole body. @throws GatewayError `gateway.body_too_large` before more than the limit is read */
  body(): Promise<Buffer<ArrayBuffer>>;
};

/** A path and what answers there; one that ends with `/` stands for all beneath it. */
export type Route = {
  readonly path: string;
  readonly methods: readonly string[];
  /** Answers even while the gateway is stopping. */
  readonly always?: boolean;
  readonly handle: (request: EdgeRequest) => Promise<Response>;
};

export function toEdgeRequest(message: IncomingMessage, bodyLimitBytes: number): EdgeRequest {
  return {
    method: message.method ?? 'GET',
    // Only path and query are taken from the request; the origin is never used.
    url: new URL(`http://gateway${(message.url ?? '/').replace(/^\/+/, '/')}`),
    peerAddress: message.socket.remoteAddress ?? '',
    header: (name) => {
      const value = message.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: once(() => readBody(message, bodyLimitBytes)),
  };
}

/** What a request says of its sender. */
export function credentialsOf(request: EdgeRequest): Pick<AuthRequest, 'authorization' | 'header' | 'peerAddress'> {
  return { authorization: request.header('authorization'), header: request.header, peerAddress: request.peerAddress };
}

/** The body is a stream: whoever asks second gets what the first one read. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= read();
    return result;
  };
}

async function readBody(message: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  if (Number(message.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
    }
  } finally {
    message.resume(); // what is left is let go by: a socket that is closed under its sender loses our answer
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError('gateway.body_too_large', `the body has more than ${limit} bytes`, {
    remedy: 'send less at once, or raise `server.bodyLimitBytes`',
  });
}

/** Parses a JSON body. @throws GatewayError `gateway.body_malformed` */
export function parseJsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new GatewayError('gateway.body_malformed', 'the body is not JSON in UTF-8', { cause, remedy: 'send a JSON object' });
  }
}

export async function writeResponse(response: Response, to: ServerResponse): Promise<void> {
  to.statusCode = response.status;
  for (const [name, value] of response.headers) to.setHeader(name, value);
  to.end(Buffer.from(await response.arrayBuffer()));
}

export function json(status: number, value: object, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}
