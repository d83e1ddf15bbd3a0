import { randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

/** The prefixes of our identifiers; an id is `<prefix>_<UUIDv7>`, so it sorts by the moment it was made. */
const prefixes = {
  decision: 'dec',
  entry: 'ent',
  incident: 'inc',
  orchestration: 'orc',
  approval: 'apr',
  run: 'run',
  alert: 'alr',
  breakglass: 'brk',
  blob: 'blb',
} as const;

type Kind = keyof typeof prefixes;
export type DecisionId = Id<'decision'>;
export type EntryId = Id<'entry'>;
export type IncidentId = Id<'incident'>;
export type OrchestrationId = Id<'orchestration'>;
export type ApprovalId = Id<'approval'>;
export type RunId = Id<'run'>;
export type AlertId = Id<'alert'>;
export type BreakGlassId = Id<'breakglass'>;
export type BlobId = Id<'blob'>;
export type TenantId = Id<'tenant'>;

/** A new identifier of a kind: its prefix and a UUIDv7 (RFC 9562 §5.7). */
export function newId<K extends Kind>(kind: K, at: Date = new Date()): Id<K> {
  return idOf(kind, at, randomBytes(16));
}

/** The identifier that always comes of the same moment and seed (16 bytes or more): who makes it again makes no second thing. */
export function idOf<K extends Kind>(kind: K, at: Date, seed: Uint8Array): Id<K> {
  const id = `${prefixes[kind]}_${uuidV7(at.getTime(), seed)}`;
  if (!isId(kind, id)) throw new Error(`made the malformed id \`${id}\``);
  return id;
}

/** The entry that records a decision: each decision has one, so they share their UUID and who has one id knows the other. */
export function entryOf(decision: DecisionId): EntryId {
  const id = `${prefixes.entry}${decision.slice(prefixes.decision.length)}`;
  if (!isId('entry', id)) throw new RangeError(`\`${decision}\` is not the id of a decision`);
  return id;
}

const uuidV7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True when `value` has the form of an identifier of that kind; says nothing of whether it exists. */
export function isId<K extends Kind>(kind: K, value: string): value is Id<K> {
  const prefix = `${prefixes[kind]}_`;
  return value.startsWith(prefix) && uuidV7Pattern.test(value.slice(prefix.length));
}

/** A tenant's name: what the token's tenant claim may hold, and what a ledger's origin is made from. */
export function isTenantId(value: string): value is TenantId {
  return /^[a-z][a-z0-9-]{0,62}$/.test(value);
}

/** Logs of the installation's own: no token may speak for them, no configuration name them as a tenant. */
const reserved = { system: 'system', meta: 'meta' } as const;

/** The log whose leaves are the checkpoints of all others. */
export const metaLog: TenantId = tenantId(reserved.meta);

/** True for the name of a log that belongs to nobody. */
export function isReservedTenant(tenant: TenantId): boolean {
  return tenant === reserved.system || tenant === reserved.meta;
}

/** Narrows a tenant name that must be right already (configuration, a verified token, a test). */
export function tenantId(value: string): TenantId {
  if (!isTenantId(value)) throw new RangeError(`\`${value}\` is not a tenant name (a–z, 0–9 and -, at most 63 characters)`);
  return value;
}

function uuidV7(milliseconds: number, seed: Uint8Array): string {
  const bytes = Buffer.from(seed.subarray(0, 16));
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
