import type { IssuerSettings } from '../../config/index.ts';
import { DevIssuerError } from './errors.ts';
import { type DevIdentity, devIdentities } from './identities.ts';

export const devAudience = 'countersign';
export const devAlgorithm = 'RS256';
export const devTokenSeconds = 3_600;

export const acrPassword = 'urn:countersign:acr:pwd';
export const acrMultiFactor = 'urn:countersign:acr:mfa';

/** What each level of authentication stands on (RFC 8176 names). */
export const amrOfAcr: ReadonlyMap<string, readonly string[]> = new Map([
  [acrPassword, ['pwd']],
  [acrMultiFactor, ['pwd', 'otp']],
]);

export type DevSignIn = { readonly acr: string; readonly authTime: number };

/**
 * Our claims in a dev access token: one place for those that the issuer signs and those that are minted.
 *
 * @throws DevIssuerError `auth.dev_acr_unknown`.
 */
export function devTokenClaims(identity: DevIdentity, signIn: DevSignIn) {
  return {
    tenant: identity.tenant,
    roles: [identity.role],
    purposes: identity.purposes,
    device_trust: identity.deviceTrust,
    session_risk: identity.sessionRisk,
    auth_time: signIn.authTime,
    acr: signIn.acr,
    amr: amrOf(signIn.acr),
  };
}

export function amrOf(acr: string): readonly string[] {
  const amr = amrOfAcr.get(acr);
  if (amr !== undefined) return amr;
  const known = [...amrOfAcr.keys()].map((name) => `\`${name}\``).join(' and ');
  throw new DevIssuerError('auth.dev_acr_unknown', `the dev issuer knows no level \`${acr}\``, { remedy: `choose among ${known}` });
}

/** How a gateway trusts the dev issuer: the same settings as for any other. */
export function devIssuerSettings(issuer: string): IssuerSettings {
  return {
    issuer,
    audience: devAudience,
    algorithms: [devAlgorithm],
    claims: {
      tenant: 'tenant',
      roles: 'roles',
      purposes: 'purposes',
      deviceTrust: 'device_trust',
      sessionRisk: 'session_risk',
    },
    roles: Object.fromEntries(devIdentities.map(({ role }) => [role, role])),
  };
}
