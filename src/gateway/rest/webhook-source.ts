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

/**
 * Which configured source sends this, by its bearer token or its signature over the body; undefined: none of them. The body of a sender
 * without a right token is read only when it claims a signature, and some source signs.
 */
export async function sourceOf(credentials: readonly WebhookCredential[], request: EdgeRequest): Promise<WebhookCredential | undefined> {
  const bearer = /^Bearer (\S+)$/i.exec(request.header('authorization') ?? '')?.[1];
  const signature = /^sha256=([0-9a-f]{64})$/.exec(request.header('x-countersign-signature') ?? '')?.[1];
  const byToken = bearer === undefined ? undefined : only(credentials, 'bearer', ({ secret }) => equal(bearer, secret));
  const signing = credentials.some(({ kind }) => kind === 'hmac');
  if (byToken !== undefined || signature === undefined || !signing) return byToken;
  const body = await request.body();
  return only(credentials, 'hmac', ({ secret }) => equal(signature, createHmac('sha256', secret).update(body).digest('hex')));
}

/** Every credential is compared, whichever matches: the time taken tells nothing. */
function only(
  credentials: readonly WebhookCredential[],
  wanted: WebhookCredential['kind'],
  matches: (credential: WebhookCredential) => boolean,
): WebhookCredential | undefined {
  return credentials.filter((credential) => credential.kind === wanted && matches(credential))[0];
}

/** Compares digests, so that neither content nor length shows in the time. */
function equal(one: string, other: string): boolean {
  return timingSafeEqual(sha256(Buffer.from(one, 'utf8')), sha256(Buffer.from(other, 'utf8')));
}
