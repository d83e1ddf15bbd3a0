import type { IssuerSettings } from '../config/index.ts';
import { epochSeconds, isReservedTenant, isTenantId, type TenantId } from '../core/index.ts';
import { type Claims, isText, readClaim, textList } from './claims.ts';
import { AuthError } from './errors.ts';
import type { Actor, Role } from './identity.ts';

/**
 * The actor that verified claims describe.
 *
 * @throws AuthError `auth.claims_invalid` without a usable subject or tenant, `auth.role_missing` without a role that we know.
 */
export function actorFrom(claims: Claims, issuer: IssuerSettings, time: { now: Date; clockSkewSeconds: number }): Actor {
  const id = subjectOf(claims);
  const tenant = tenantOf(claims, issuer);
  const roles = rolesOf(claims, issuer);
  return {
    id,
    kind: isMachine(claims, roles) ? 'service' : 'human',
    tenant,
    roles,
    purposes: textList(readClaim(claims, issuer.claims.purposes)),
    authTime: authTimeOf(claims, epochSeconds(time.now), time.clockSkewSeconds),
    acr: textOrNull(readClaim(claims, 'acr')),
    amr: textList(readClaim(claims, 'amr')),
  };
}

/** The subject enters the ledger as it is. It is never shortened, and never reads as one of our own actors: both would let two be one. */
function subjectOf(claims: Claims): string {
  const subject = readClaim(claims, 'sub');
  if (!isText(subject) || /\p{Cc}/u.test(subject)) {
    throw new AuthError('auth.claims_invalid', 'the claim `sub` is not a text of 1 to 256 characters');
  }
  // Two spellings that a person cannot tell apart would be two actors, and four eyes two.
  if (subject !== subject.normalize('NFC') || subject !== subject.trim() || /\p{Cf}/u.test(subject)) {
    throw new AuthError(
      'auth.claims_invalid',
      'the claim `sub` has blanks at its ends, invisible characters or another normal form than NFC',
    );
  }
  if (/^(service|system)(:|$)/i.test(subject.normalize('NFKC').trim())) {
    throw new AuthError('auth.claims_invalid', 'the claim `sub` takes a name that is reserved for services');
  }
  return subject;
}

function tenantOf(claims: Claims, issuer: IssuerSettings): TenantId {
  const name = issuer.claims.tenant;
  const tenant = readClaim(claims, name);
  if (tenant === undefined) throw new AuthError('auth.claims_invalid', `the claim \`${name}\` is missing`);
  // `system` is the log of the installation itself.
  if (typeof tenant !== 'string' || !isTenantId(tenant) || isReservedTenant(tenant)) {
    throw new AuthError('auth.claims_invalid', `the claim \`${name}\` is not a tenant name`);
  }
  if (issuer.tenants !== undefined && !issuer.tenants.includes(tenant)) {
    throw new AuthError('auth.claims_invalid', `the issuer may not speak for the tenant \`${tenant}\``);
  }
  return tenant;
}

function rolesOf(claims: Claims, issuer: IssuerSettings): readonly Role[] {
  const granted = new Set<Role>();
  for (const name of textList(readClaim(claims, issuer.claims.roles))) {
    const role = mappedRole(issuer.roles, name);
    // The configuration's schema has no `service` either, but settings can also be made in code.
    if (role !== undefined && role !== 'service') granted.add(role);
  }
  if (granted.size > 0) return [...granted];
  throw new AuthError('auth.role_missing', `no name in the claim \`${issuer.claims.roles}\` grants a role`, {
    remedy: 'map a name of that claim to a role under `auth.issuers[].roles`',
  });
}

function mappedRole(mapping: { readonly [name: string]: Role }, name: string): Role | undefined {
  return Object.hasOwn(mapping, name) ? mapping[name] : undefined;
}

/** A client's own token (RFC 9068 §2.2: its subject is the client), or a holder of machine roles only. */
function isMachine(claims: Claims, roles: readonly Role[]): boolean {
  const subject = readClaim(claims, 'sub');
  if (subject === readClaim(claims, 'client_id') || subject === readClaim(claims, 'azp')) return true;
  return roles.every((role) => role === 'release-bot');
}

/** A moment in the future would count as fresh for ever, so it counts as nothing. */
function authTimeOf(claims: Claims, now: number, skew: number): number | null {
  const at = readClaim(claims, 'auth_time');
  // Within the skew the issuer's clock is merely ahead of ours: that person signed in just now.
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 && at <= now + skew ? Math.min(at, now) : null;
}

function textOrNull(value: unknown): string | null {
  return isText(value) ? value : null;
}
