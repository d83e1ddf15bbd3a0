import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256, type TenantId } from '../../core/index.ts';
import type { EdgeRequest } from '../http.ts';

/** A configured sender with its secret read. */
export type WebhookCredential = {
  readonly name: string;
  readonly tenant: TenantId;
  readonly kind: 'bearer' | 'hmac';
  readonly secret: string;
};

/** Which configured source sent this, by its bearer token or its signature over the body; undefined: none of them. */
export function sourceOf(credentials: readonly WebhookCredential[], request: EdgeRequest, body: Buffer): WebhookCredential | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(request.header('authorization') ?? '')?.[1];
  const signature = /^sha256=([0-9a-f]{64})$/.exec(request.header('x-countersign-signature') ?? '')?.[1];
  // Every credential is compared, whichever matches: the time taken tells nothing.
  const matching = credentials.filter(({ kind, secret }) => {
    if (kind === 'bearer') return bearer !== undefined && equal(bearer, secret);
    return signature !== undefined && equal(signature, createHmac('sha256', secret).update(body).digest('hex'));
  });
  return matching[0];
}

/** Compares digests, so that neither content nor length shows in the time. */
function equal(one: string, other: string): boolean {
  return timingSafeEqual(sha256(Buffer.from(one, 'utf8')), sha256(Buffer.from(other, 'utf8')));
}
