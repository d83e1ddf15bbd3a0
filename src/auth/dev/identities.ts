import { type TenantId, tenantId } from '../../core/index.ts';
import type { DeviceTrust, GrantableRole } from '../identity.ts';
import { DevIssuerError } from './errors.ts';

/** Somebody whom the dev issuer signs in without asking for a proof. */
export type DevIdentity = {
  readonly id: string;
  readonly tenant: TenantId;
  readonly role: GrantableRole;
  readonly purposes: readonly string[];
  readonly deviceTrust: DeviceTrust;
  readonly sessionRisk: number;
};

const purposesOf: { readonly [R in GrantableRole]: readonly string[] } = {
  viewer: ['incident-response'],
  responder: ['incident-response'],
  'org-admin': ['incident-response', 'operations'],
  auditor: ['audit'],
  sre: ['incident-response', 'operations'],
  'policy-author': ['policy-authoring'],
  'release-bot': ['release'],
};

const everyRole = ['viewer', 'responder', 'org-admin', 'auditor', 'sre', 'policy-author', 'release-bot'] as const;

/** One identity a role in two tenants: `responder@alpha`, … */
export const devIdentities: readonly DevIdentity[] = ['alpha', 'beta'].flatMap((tenant) =>
  everyRole.map((role) => ({
    id: `${role}@${tenant}`,
    tenant: tenantId(tenant),
    role,
    purposes: purposesOf[role],
    deviceTrust: 'high' as const,
    sessionRisk: 5,
  })),
);

/**
 * The identity of an id; a role alone means the one in `alpha`.
 *
 * @throws DevIssuerError `auth.dev_identity_unknown`, listing those there are.
 */
export function devIdentity(name: string): DevIdentity {
  const found = devIdentities.find(({ id }) => id === name || id === `${name}@alpha`);
  if (found !== undefined) return found;
  const known = devIdentities.map(({ id }) => `\`${id}\``).join(', ');
  throw new DevIssuerError('auth.dev_identity_unknown', `there is no dev identity \`${name}\``, { remedy: `choose one of ${known}` });
}
