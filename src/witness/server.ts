import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../core/index.ts';
import { type Answer, addCheckpoint, type Witnessing } from './add-checkpoint.ts';
import { WitnessError } from './errors.ts';

export type WitnessServerOptions = Witnessing & {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
  /** Told of what is not a log's mistake; the answer was 500 and nothing was signed. */
  readonly onError?: (error: unknown) => void;
};

/** 63 lines of 45 bytes, and a checkpoint with the signatures of many witnesses, some post-quantum. */
const MAX_BODY_BYTES = 64 * 1024;
const ORIGIN_HASH = /^\/([0-9a-f]{64})\/checkpoint$/;

/** A witness that takes requests over HTTP: `POST /add-checkpoint`, `GET /<sha256 of the origin>/checkpoint` (c2sp.org/tlog-witness). */
export class WitnessServer {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @throws WitnessError `witness.cannot_listen` */
  static async listen(options: WitnessServerOptions): Promise<WitnessServer> {
    const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 65_000 }, (request, response) => {
      serve(options, request, response).catch((error: unknown) => {
        options.onError?.(error);
        if (response.headersSent) response.destroy();
        else answerText(response, 500, 'this witness is at fault');
      });
    });
    try {
      server.listen(options.port, options.host);
      await once(server, 'listening');
    } catch (cause) {
      throw new WitnessError('witness.cannot_listen', `cannot listen on ${options.host}:${options.port}: ${messageOf(cause)}`, { cause });
    }
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    return new WitnessServer(server, `http://${options.host}:${port}`);
  }

  /** Finishes what is under way. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    await closed;
  }
}

async function serve(options: WitnessServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  if (path === '/add-checkpoint' && request.method === 'POST') {
    const body = await readBody(request);
    if (body === undefined) return answerText(response.setHeader('connection', 'close'), 413, 'the request is too large');
    const text = asUtf8(body);
    return answer(response, text === undefined ? { status: 400, reason: 'this is not UTF-8' } : await addCheckpoint(options, text));
  }
  const originHash = ORIGIN_HASH.exec(path)?.[1];
  const note = originHash !== undefined && request.method === 'GET' ? await options.memory.cosigned(originHash) : undefined;
  if (note !== undefined) return answerText(response, 200, note);
  answerText(response, 404, 'there is nothing here');
}

function answer(response: ServerResponse, given: Answer): void {
  if (given.status === 200) answerText(response, 200, given.cosignature);
  else if (given.status === 409) answerText(response, 409, `${given.size}\n`, 'text/x.tlog.size');
  else answerText(response, given.status, given.reason);
}

function answerText(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type }).end(text.endsWith('\n') ? text : `${text}\n`);
}

/** Undefined when there is more than is worth reading. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
