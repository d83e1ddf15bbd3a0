import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthRequest } from '../auth/index.ts';
import { type Patience, streamBody } from './body-stream.ts';
import { GatewayError } from './errors.ts';
import { sendBody } from './send-body.ts';

/** A request as routes see it. */
export type EdgeRequest = {
  readonly method: string;
  readonly url: URL;
  /** Address of the socket's other end; a proxy's, when one is in between. */
  readonly peerAddress: string;
  header(name: string): string | undefined;
  /** The whole body. @throws GatewayError `gateway.body_too_large` before more than the limit is read */
  body(): Promise<Buffer<ArrayBuffer>>;
  /** The body as it comes, for who needs no more of it at once; instead of `body`. @throws GatewayError `gateway.body_stalled`, `gateway.body_cut_off` */
  stream(patience: Patience): AsyncIterable<Uint8Array>;
};

/** A body that is read at one go has come by then. */
const WHOLE_BODY: Patience = { idle: 30_000, grace: 30_000, bytesPerSecond: Number.POSITIVE_INFINITY };

/** A path and what answers there; one that ends with `/` stands for all beneath it. */
export type Route = {
  readonly path: string;
  readonly methods: readonly string[];
  /** Answers even while the gateway is stopping. */
  readonly always?: boolean;
  readonly handle: (request: EdgeRequest) => Promise<Response>;
};

/** @param invite tells a sender who waits for it (`Expect: 100-continue`) that its body is wanted; told once somebody asks for it */
export function toEdgeRequest(message: IncomingMessage, bodyLimitBytes: number, invite: () => void): EdgeRequest {
  const stream = (patience: Patience): AsyncIterable<Buffer> => {
    invite();
    return streamBody(message, patience);
  };
  return {
    method: message.method ?? 'GET',
    // Only path and query are taken from the request; the origin is never used.
    url: new URL(`http://gateway${(message.url ?? '/').replace(/^\/+/, '/')}`),
    peerAddress: message.socket.remoteAddress ?? '',
    header: (name) => {
      const value = message.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: once(() => readBody(message, bodyLimitBytes, stream)),
    stream,
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

async function readBody(
  message: IncomingMessage,
  limit: number,
  stream: (patience: Patience) => AsyncIterable<Buffer>,
): Promise<Buffer<ArrayBuffer>> {
  if (Number(message.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream(WHOLE_BODY)) {
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
  // Whose length is known before its bytes are may be of any length, and goes out as it comes.
  const streamedBody = response.headers.has('content-length') ? response.body : null;
  await sendBody(streamedBody ?? Buffer.from(await response.arrayBuffer()), to);
}

/**
 * Bytes as a response's body: asked for only as they are taken, and ended with who takes them.
 *
 * @param onEnd called when all were taken, or no more will be
 */
export function streamed(content: AsyncIterable<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      const result = await chunks.next();
      if (result.done === true) onEnd();
      return result;
    } catch (error) {
      onEnd();
      throw error;
    }
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull: async (controller) => {
      const { done, value } = await next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      onEnd();
      await chunks.return?.();
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

export function json(status: number, value: object, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });
}
