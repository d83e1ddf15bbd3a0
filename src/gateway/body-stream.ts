import type { IncomingMessage } from 'node:http';
import { messageOf, within } from '../core/index.ts';
import { GatewayError } from './errors.ts';

/** How long is waited for a body, in milliseconds. What we take to use it is not waiting. */
export type Patience = {
  /** Without a byte of it. */
  readonly idle: number;
  /** All together, beside what its bytes take at the slowest. */
  readonly grace: number;
  readonly bytesPerSecond: number;
};

/**
 * A body as it comes; only as fast as it is used.
 *
 * @param now a clock in milliseconds
 * @throws GatewayError `gateway.body_stalled`, `gateway.body_cut_off`
 */
export async function* streamBody(message: IncomingMessage, patience: Patience, now = () => performance.now()): AsyncGenerator<Buffer> {
  const { idle, grace, bytesPerSecond } = patience;
  const chunks = message.iterator({ destroyOnReturn: false });
  let [waited, received] = [0, 0];
  try {
    while (true) {
      const left = Math.min(idle, grace + (received * 1_000) / bytesPerSecond - waited);
      const from = now();
      const next = left <= 0 ? undefined : await within(left, chunks.next());
      waited += now() - from;
      if (next === undefined) throw stalled();
      if (next.done === true) return;
      received += next.value.length;
      yield next.value;
    }
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : cutOff(cause);
  } finally {
    void chunks.return?.(); // lets go of the message, so that its rest can be let go by; not awaited: it waits for what does not come
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
