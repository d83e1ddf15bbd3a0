import type { IssuerSettings } from '../config/index.ts';
import type { TenantId } from '../core/index.ts';

/** The roles that a token can grant, through its issuer's mapping. */
export type GrantableRole = IssuerSettings['roles'][string];
export type Role = GrantableRole | 'service';

export const roles = [
  'viewer',
  'responder',
  'org-admin',
  'auditor',
  'sre',
  'policy-author',
  'release-bot',
  'service',
] as const satisfies readonly Role[];

/** Who acts. Everything in it was stated by a verified token, or it is one of our own jobs. */
export type Actor = {
  readonly id: string;
  readonly kind: 'human' | 'service' | 'system';
  readonly tenant: TenantId;
  readonly roles: readonly Role[];
  readonly purposes: readonly string[];
  /** When the person last proved who they are, in epoch seconds; null when nobody says. */
  readonly authTime: number | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
};

export type DeviceTrust = 'low' | 'medium' | 'high';
export type Channel = 'graphql' | 'rest' | 'webhook' | 'job' | 'cli';

/** From where and on what they act. What nobody vouches for is the least trusted value. */
export type AccessContext = {
  readonly zone: string;
  readonly deviceTrust: DeviceTrust;
  /** 0 (none) to 100. */
  readonly sessionRisk: number;
  readonly channel: Channel;
};

export type Identity = { readonly actor: Actor; readonly context: AccessContext };

/** A job or adapter of ours acting in a tenant: the only holder of the role `service`. */
export function serviceActor(tenant: TenantId, name: string): Actor {
  return {
    id: `service:${name}`,
    kind: 'service',
    tenant,
    roles: ['service'],
    purposes: [],
    authTime: null,
    acr: null,
    amr: [],
  };
}

/** Where our own jobs run: inside the process. */
export function serviceContext(channel: Channel): AccessContext {
  return { zone: 'internal', deviceTrust: 'high', sessionRisk: 0, channel };
}
