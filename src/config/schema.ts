import { z } from 'zod';
import { isReservedTenant, isTenantId } from '../core/index.ts';

/** Where a secret comes from: a variable of the environment or a file. Never the value itself. */
const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })]);
export type SecretRef = z.infer<typeof secretRef>;

const tenant = z
  .string()
  .refine((name): boolean => isTenantId(name), 'must be a tenant name: a–z, 0–9 and -, at most 63 characters')
  .refine((name) => !isTenantId(name) || !isReservedTenant(name), '`system` and `meta` are logs of the installation and no tenants');

const server = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(4000),
  /** Request bodies above this are refused with 413 before they are read. */
  bodyLimitBytes: z.int().positive().default(1_048_576),
  /** Origins that a browser may call from; none by default. */
  corsOrigins: z.array(z.url()).default([]),
  /** How long a stop waits for requests in flight. */
  drainSeconds: z.int().positive().default(20),
  /** Governed actions under way at once in this process; above it the answer is 503. */
  maxInFlight: z.int().positive().default(256),
});

const cidr = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be an IP address or a CIDR range');

/** What a token may grant. `service` is not here: only Countersign's own jobs act as a service. */
const grantableRole = z.enum(['viewer', 'responder', 'org-admin', 'auditor', 'sre', 'policy-author', 'release-bot']);

/** Claims of a token that identity is read from, as JSON pointers or plain names. */
const issuer = z.strictObject({
  issuer: z.url().refine(isSafeOrigin, 'must be https, or on the loopback'),
  audience: z.string().min(1),
  /** Tenants that this issuer may speak for; any when unset. Set it wherever there is more than one issuer. */
  tenants: z.array(tenant).min(1).optional(),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .default(['RS256', 'ES256']),
  claims: z
    .strictObject({
      tenant: z.string().default('tenant'),
      roles: z.string().default('roles'),
      purposes: z.string().default('purposes'),
      deviceTrust: z.string().default('device_trust'),
      sessionRisk: z.string().default('session_risk'),
    })
    .prefault({}),
  /** Names in the roles claim → our roles. A name that is not listed grants nothing. */
  roles: z.record(z.string(), grantableRole),
});

/** Keys that arrive unprotected are anyone's keys. */
function isSafeOrigin(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** The same `sub` of two issuers may be two people. */
function speakApart(list: readonly { tenants?: string[] | undefined }[]): boolean {
  const named = list.flatMap((item) => item.tenants ?? []);
  return list.length < 2 || (list.every((item) => item.tenants !== undefined) && new Set(named).size === named.length);
}

const auth = z.strictObject({
  clockSkewSeconds: z.int().min(0).max(300).default(30),
  issuers: z
    .array(issuer)
    .refine((list) => new Set(list.map((item) => item.issuer)).size === list.length, 'name each issuer once')
    .refine(speakApart, 'with several issuers, give each its `tenants`, and no tenant two issuers: a subject names one person only there')
    .default([]),
  /** Runs only when no issuer is configured and never in production. */
  devIssuer: z.strictObject({ port: z.int().min(0).max(65_535).default(4010) }).prefault({}),
});

const context = z.strictObject({
  /** Peers (CIDR) whose `X-Forwarded-For` and context headers are believed. */
  trustedProxies: z.array(cidr).default([]),
  /** First match wins; an address in none is in zone `unknown`, the least trusted. */
  zones: z.array(z.strictObject({ zone: z.string().min(1), cidrs: z.array(cidr).min(1) })).default([]),
  headers: z
    .strictObject({ deviceTrust: z.string().default('x-device-trust'), sessionRisk: z.string().default('x-session-risk') })
    .prefault({}),
});

const webhookSource = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
    tenant,
    /** Exactly one: a bearer token, or a key whose HMAC-SHA-256 over the body comes in `X-Countersign-Signature: sha256=<hex>`. */
    bearer: secretRef.optional(),
    hmac: secretRef.optional(),
  })
  .refine((source) => (source.bearer === undefined) !== (source.hmac === undefined), 'give exactly one of `bearer` and `hmac`');

const runtimeAgent = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  url: z.url(),
  timeoutSeconds: z.int().min(1).max(300).default(30),
  bearer: secretRef.optional(),
});

const agents = z
  .array(runtimeAgent)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'name each agent once')
  .refine((list) => list.every(({ name }) => name !== 'simulate'), '`simulate` is the name of the adapter that only pretends')
  .default([]);

/** RFC 3339 in UTC with `Z`, or without: then what the tenant's clocks show. */
const momentOrWallClock = z.iso.datetime({ local: true });

const freeze = z
  .strictObject({ tenant, from: momentOrWallClock, until: momentOrWallClock, reason: z.string().min(1) })
  .refine(
    ({ from, until }) => from.endsWith('Z') === until.endsWith('Z'),
    'write both `from` and `until` with `Z` (UTC) or both without (local)',
  )
  .refine(({ from, until }) => comparable(from) < comparable(until), '`until` must be after `from`, or the freeze never holds');

function comparable(moment: string): number {
  return Date.parse(moment.endsWith('Z') ? moment : `${moment}Z`);
}

const minuteOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day such as 08:00, at most 24:00')
  .transform((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));

const changeWindow = z
  .strictObject({
    /** 1 = Monday … 7 = Sunday. */
    days: z
      .array(z.int().min(1).max(7))
      .min(1)
      .refine((days) => new Set(days).size === days.length, 'name each day once'),
    /** Minutes since midnight; `until` is the first one outside. */
    from: minuteOfDay,
    until: minuteOfDay,
  })
  .refine(({ from, until }) => from < until, '`until` must be after `from`: a window does not go over midnight');

const calendar = z.strictObject({
  tenant,
  timeZone: z.string().refine(isTimeZone, 'must be a time zone of the IANA database such as Europe/Berlin'),
  changeWindow: changeWindow.optional(),
  holidays: z
    .array(z.strictObject({ date: z.iso.date(), name: z.string().min(1).max(100) }))
    .refine((list) => new Set(list.map(({ date }) => date)).size === list.length, 'name each date once')
    .default([]),
});

/** Intl also takes offsets such as +01:00, which know no summer time. */
function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

const policy = z.strictObject({
  /** Whose signature makes a bundle publishable. Files are named from this folder. */
  trust: z
    .strictObject({
      /** Public keys, PEM: the `cosign.pub` of a key pair. */
      keys: z.array(z.string().min(1)).default([]),
      /** Who signed without a key of their own, as Fulcio certified them. */
      identities: z.array(z.strictObject({ issuer: z.url(), subject: z.string().min(1) })).default([]),
      /** A sigstore trusted root, JSON: the authorities and logs that such signatures are checked against. */
      trustedRoot: z.string().min(1).optional(),
    })
    .refine(({ identities, trustedRoot }) => identities.length === 0 || trustedRoot !== undefined, 'identities need a `trustedRoot`')
    .prefault({}),
  /** A compiled policy that is asked beside the active one, on every decision, and never answers. */
  candidate: z.string().min(1).optional(),
});

const witness = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a–z, 0–9 and -, at most 63 characters'),
  /** The submission prefix: requests go to `<url>/add-checkpoint`. */
  url: z.url({ protocol: /^https?$/ }),
  /** The verifier key of the witness, as it prints it. */
  key: z.string().min(1),
});

const witnesses = z
  .strictObject({
    list: z
      .array(witness)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'name each witness once')
      .default([]),
    /** How many of them have to have cosigned a checkpoint before it counts as witnessed. */
    quorum: z.int().min(1).default(1),
    everySeconds: z.int().min(1).max(86_400).default(10),
    /** `meta`: the log over all logs, whose checkpoint commits to theirs. `all`: each tenant's as well. */
    logs: z.enum(['meta', 'all']).default('meta'),
  })
  .refine(({ list, quorum }) => list.length === 0 || quorum <= list.length, 'the quorum is larger than the list');

const publication = z
  .strictObject({
    /** Counts from the folder of the configuration. */
    folder: z.string().min(1),
    everySeconds: z.int().min(1).max(86_400).default(60),
    /** Commits what it publishes, with the system's git. */
    git: z.boolean().default(false),
    /** Sends each commit to the remote that the branch follows. */
    push: z.boolean().default(false),
    /** Publishes only what a quorum of the witnesses cosigned. */
    witnessed: z.boolean().default(false),
  })
  .refine(({ git, push }) => git || !push, '`push` needs `git: true`');

const s3 = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
  /** Put before every key. */
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9._-]+\/)*$/, 'must be empty, or names that each end with /')
    .default('evidence/'),
  accessKey: secretRef,
  secretKey: secretRef,
});

const evidence = z.strictObject({
  /** Whose signature counts on a bundle, and what else it must show (docs/evidence-format.md). Files are named from this folder. */
  policy: z.string().min(1).optional(),
  /** Of tenants whose signers are their own. */
  policies: z
    .array(z.strictObject({ tenant, policy: z.string().min(1) }))
    .refine((list) => new Set(list.map((item) => item.tenant)).size === list.length, 'give each tenant one policy')
    .default([]),
  /** Where files are kept; in the database unless said otherwise. */
  store: z.strictObject({ s3: s3.optional() }).prefault({}),
});

export const configSchema = z.strictObject({
  mode: z.enum(['development', 'production']).default('development'),
  server: server.prefault({}),
  auth: auth.prefault({}),
  context: context.prefault({}),
  webhooks: z.strictObject({ alertmanager: z.array(webhookSource).default([]) }).prefault({}),
  adapters: z.strictObject({ agents, simulate: z.boolean().default(true) }).prefault({}),
  changeFreezes: z.array(freeze).default([]),
  policy: policy.prefault({}),
  evidence: evidence.prefault({}),
  calendars: z
    .array(calendar)
    .refine((list) => new Set(list.map((item) => item.tenant)).size === list.length, 'give each tenant one calendar')
    .default([]),
  ledger: z
    .strictObject({
      /** First line of every checkpoint: `<originPrefix>/<log>`. */
      originPrefix: z
        .string()
        .regex(/^[^\s+]+$/, 'must hold neither spaces nor +')
        .default('countersign.local'),
      /** How long an answer waits for its entry to be sequenced before it says `PENDING`. */
      waitMilliseconds: z.int().min(0).max(60_000).default(2_000),
      /** Entries of one log that may wait for their place; above it actions are refused with 503. */
      maxBacklog: z.int().min(1).default(100_000),
      /** How often the newest checkpoints of all logs go into the meta-log. */
      metaSeconds: z.int().min(1).max(3_600).default(10),
      /** Who is shown the checkpoints, and cosigns those that continue the last (docs/witnessing.md). */
      witnesses: witnesses.prefault({}),
      /** Folders outside of the database that get every checkpoint. */
      publish: z
        .array(publication)
        .refine((list) => new Set(list.map(({ folder }) => folder)).size === list.length, 'name each folder once')
        .default([]),
    })
    .refine(
      ({ witnesses: { list }, publish }) => list.length > 0 || publish.every(({ witnessed }) => !witnessed),
      '`publish[].witnessed` needs witnesses',
    )
    .prefault({}),
});

export type Settings = z.infer<typeof configSchema>;
export type IssuerSettings = z.infer<typeof issuer>;
export type AuthSettings = z.infer<typeof auth>;
export type ContextSettings = z.infer<typeof context>;
export type WebhookSource = z.infer<typeof webhookSource>;
export type AgentSettings = z.infer<typeof runtimeAgent>;
export type FreezeSettings = z.infer<typeof freeze>;
export type CalendarSettings = z.infer<typeof calendar>;
