import type { IncomingMessage } from 'node:http';
import { messageOf, within } from '../core/index.ts';
import { GatewayError } from './errors.ts';

/** How long a body may take, in milliseconds: without a byte of it, and as a whole. What we take to use it does not count as waiting. */
export type Patience = { readonly idle: number; readonly whole: number };

/** A body as it comes; only as fast as it is used. @throws GatewayError `gateway.body_stalled`, `gateway.body_cut_off` */
export async function* streamBody(message: IncomingMessage, { idle, whole }: Patience): AsyncGenerator<Buffer> {
  const ends = performance.now() + whole;
  const chunks = message.iterator({ destroyOnReturn: false });
  try {
    while (true) {
      const left = Math.min(idle, ends - performance.now());
      const next = left <= 0 ? undefined : await within(left, chunks.next());
      if (next === undefined) throw stalled();
      if (next.done === true) return;
      yield next.value;
    }
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : cutOff(cause);
  }
}

function stalled(): GatewayError {
  return new GatewayError('gateway.body_stalled', 'the body does not come, or too slowly', {
    remedy: 'repeat the call over a better connection',
  });
}

function cutOff(cause: unknown): GatewayError {
  return new GatewayError('gateway.body_cut_off', `the body ended before its end: ${messageOf(cause)}`, {
    cause,
    remedy: 'repeat the call',
  });
}
