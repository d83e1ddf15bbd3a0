import type { ContextSettings, IssuerSettings } from '../config/index.ts';
import { type Address, addressRange, parseAddress } from './addresses.ts';
import { type Claims, readClaim } from './claims.ts';
import type { AccessContext, Channel, DeviceTrust } from './identity.ts';

/** What the context is read from: the peer of the connection, and headers that count only from a trusted one. */
export type ContextRequest = {
  header(name: string): string | undefined;
  readonly peerAddress: string;
  readonly channel: Channel;
};

export type ContextReader = (request: ContextRequest, claims: Claims, names: IssuerSettings['claims']) => AccessContext;

/** Reads contexts by the settings. Where the token and a trusted proxy disagree, the less trusted value holds. */
export function contextReader(settings: ContextSettings): ContextReader {
  const trusted = addressRange(settings.trustedProxies);
  const zones = settings.zones.map(({ zone, cidrs }) => ({ zone, includes: addressRange(cidrs) }));
  return (request, claims, names) => {
    const peer = parseAddress(request.peerAddress);
    const believed = peer !== undefined && trusted(peer);
    const header = (name: string) => (believed ? request.header(name.toLowerCase()) : undefined);
    const client = believed ? clientBehind(header('x-forwarded-for') ?? '', trusted) : peer;
    return {
      zone: zones.find(({ includes }) => client !== undefined && includes(client))?.zone ?? 'unknown',
      deviceTrust: leastTrust(parseTrust(readClaim(claims, names.deviceTrust)), parseTrust(header(settings.headers.deviceTrust))),
      sessionRisk: highestRisk(parseRisk(readClaim(claims, names.sessionRisk)), parseHeaderRisk(header(settings.headers.sessionRisk))),
      channel: request.channel,
    };
  };
}

/**
 * The right-most address that no trusted proxy has: each proxy appends the peer it saw, so what is left of the first stranger is
 * that stranger's own word. An entry that is no address leaves the client unknown.
 *
 * So does a proxy that names nobody: its own address is not its client's. A stranger can make proxies drop the header by calling it
 * hop-by-hop (`Connection: x-forwarded-for`), and must not be taken for the proxy then.
 */
function clientBehind(forwardedFor: string, trusted: (address: Address) => boolean): Address | undefined {
  let client: Address | undefined;
  for (const hop of forwardedFor.split(',').reverse()) {
    const address = parseAddress(hop);
    if (address === undefined || !trusted(address)) return address;
    client = address;
  }
  return client;
}

const trustLevels: readonly DeviceTrust[] = ['low', 'medium', 'high'];

/** The level, `low` for anything else, undefined when nothing was said. */
function parseTrust(value: unknown): DeviceTrust | undefined {
  return value === undefined ? undefined : (trustLevels.find((level) => level === value) ?? 'low');
}

function leastTrust(...stated: readonly (DeviceTrust | undefined)[]): DeviceTrust {
  if (stated.every((level) => level === undefined)) return 'low';
  return trustLevels.find((level) => stated.includes(level)) ?? 'low';
}

function parseRisk(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100 ? value : 100;
}

function parseHeaderRisk(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseRisk(/^\d{1,3}$/.test(value) ? Number(value) : value);
}

function highestRisk(...stated: readonly (number | undefined)[]): number {
  const known = stated.filter((risk) => risk !== undefined);
  return known.length === 0 ? 100 : Math.max(...known);
}
