import { createReadStream } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type GatewayClient, refusedWith, unreachable } from '../gateway.ts';
import type { LocalFile } from './bundle-files.ts';

/** How long a gateway may take to say whether it wants a body; one that knows nothing of the question gets it then. */
const INVITE_MILLISECONDS = 2_000;

/** Whether the gateway has a file. @throws CliError */
export async function isThere({ url, authorization }: GatewayClient, digest: string, signal: AbortSignal): Promise<boolean> {
  const asked = fetch(`${url}/evidence/files/${digest}`, { method: 'HEAD', headers: { authorization }, signal });
  const { ok, status } = await asked.catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if (ok || status === 404) return ok;
  throw refusedWith(status, {
    title: `the gateway answers ${status} to the question whether it has \`${digest}\``,
    remedy: 'see who may look at evidence',
  });
}

export type Sending = {
  readonly signal: AbortSignal /** Told how many bytes of the file have gone. */;
  readonly onSent: (bytes: number) => void;
};

/** Sends a file, once the gateway says that it wants it. @throws CliError */
export async function putFile({ url, authorization }: GatewayClient, file: LocalFile, { signal, onSent }: Sending): Promise<void> {
  const headers = { authorization, 'content-length': file.size, expect: '100-continue' };
  const to = new URL(`${url}/evidence/files/${file.digest}`);
  const sending = (to.protocol === 'https:' ? secure : plain)(to, { method: 'PUT', headers, signal });
  const { statusCode = 0, said } = await exchange(sending, file, onSent).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if (statusCode !== 200 && statusCode !== 201) throw refusedWith(statusCode, said);
}

type Answer = { readonly statusCode: number | undefined; readonly said: unknown };

/** The answer may come before the body has gone: then nobody wants the rest of it. */
function exchange(sending: ClientRequest, { path }: LocalFile, onSent: (bytes: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let begun = false;
    const send = (): void => {
      if (begun) return;
      begun = true;
      clearTimeout(uninvited);
      pipeline(createReadStream(path), counted(onSent), sending).catch(reject);
    };
    const uninvited = setTimeout(send, INVITE_MILLISECONDS);
    sending.once('continue', send);
    sending.on('error', reject);
    sending.once('response', (response: IncomingMessage) => {
      clearTimeout(uninvited);
      json(response)
        .catch(() => undefined)
        .then((said) => resolve({ statusCode: response.statusCode, said }))
        .finally(() => sending.destroy());
    });
    sending.flushHeaders();
  });
}

function counted(onSent: (bytes: number) => void) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let sent = 0;
    for await (const chunk of chunks) {
      sent += chunk.length;
      onSent(sent);
      yield chunk;
    }
  };
}
