import { z } from 'zod';

/**
 * What a decision may depend on: the whole of it, because the policy is pure. The TypeScript type, the JSON Schema that `opa
 * check` reads (policies/schema/input.json) and the generators of tests all come from this one definition.
 *
 * A fact that a command did not load is absent, and a rule that needs it is then unmet: missing knowledge denies.
 */
const now = z.strictObject({
  /** Seconds since the Unix epoch. */
  epoch: z.int(),
  iso: z.string(),
  /** 1 = Monday … 7 = Sunday, UTC (ISO 8601). */
  weekday: z.int().min(1).max(7),
  /** Minutes since midnight, UTC. */
  minuteOfDay: z.int().min(0).max(1439),
});

const actor = z.strictObject({
  id: z.string(),
  kind: z.enum(['human', 'service', 'system']),
  tenant: z.string(),
  roles: z.array(z.string()),
  purposes: z.array(z.string()),
  /** When the person last signed in, seconds since the epoch; null when the token does not say. */
  authTime: z.int().nullable(),
  acr: z.string().nullable(),
  amr: z.array(z.string()),
});

const resource = z.strictObject({
  type: z.string(),
  id: z.string(),
  tenant: z.string(),
  /** False: there is none of this id in the actor's tenant. */
  known: z.boolean(),
  purpose: z.string(),
  region: z.string().nullable(),
  category: z.string().nullable(),
  severity: z.enum(['P0', 'P1', 'P2', 'P3', 'P4']).nullable(),
});

const context = z.strictObject({
  zone: z.string(),
  deviceTrust: z.enum(['low', 'medium', 'high']),
  sessionRisk: z.int().min(0).max(100),
  channel: z.enum(['graphql', 'rest', 'webhook', 'job', 'cli']),
});

const facts = z.strictObject({
  /** What the caller sent that rules judge. */
  request: z
    .strictObject({
      planHash: z.string().exactOptional(),
      justification: z.string().exactOptional(),
      /** How long a break-glass is asked for. */
      minutes: z.int().exactOptional(),
      /** What a reviewer says of a break-glass. */
      comment: z.string().exactOptional(),
    })
    .exactOptional(),
  incident: z.strictObject({ status: z.enum(['DETECTED', 'ACKNOWLEDGED', 'INVESTIGATING', 'RESOLVED', 'CLOSED']) }).exactOptional(),
  orchestration: z
    .strictObject({
      status: z.enum([
        'PROPOSED',
        'DRY_RUNNING',
        'DRY_RUN_PASSED',
        'DRY_RUN_FAILED',
        'APPROVED',
        'REJECTED',
        'EXECUTING',
        'EXECUTED',
        'EXECUTION_FAILED',
        'EXECUTION_UNKNOWN',
      ]),
      proposedBy: z.string(),
      /** The plan as it stands now, null before the first dry run. */
      planHash: z.string().nullable(),
      simulated: z.boolean(),
    })
    .exactOptional(),
  dryRun: z.strictObject({ passed: z.boolean(), ageSeconds: z.int() }).exactOptional(),
  approvals: z.array(z.strictObject({ actor: z.string(), planHash: z.string() })).exactOptional(),
  /** True: engaged. */
  killSwitch: z.boolean().exactOptional(),
  freeze: z.strictObject({ active: z.boolean(), until: z.string(), reason: z.string() }).exactOptional(),
  /** The bundle that the call would make active, as it was found to be. */
  bundle: z
    .strictObject({
      serial: z.int(),
      activeSerial: z.int(),
      signature: z.enum(['valid', 'missing', 'untrusted']),
      signer: z.string().nullable(),
      /** Why it cannot be used, in words; null when it can. */
      fault: z.string().nullable(),
    })
    .exactOptional(),
  /** Who called for this same change before, null when nobody did; and whether it is what is active already. */
  policyChange: z.strictObject({ proposedBy: z.string().nullable(), active: z.boolean() }).exactOptional(),
  /** What the catalog knows of a release's evidence, or of a bundle that is to be published. */
  evidence: z
    .strictObject({
      /** Who registered what the release is made of, and who waived a requirement of it. */
      registeredBy: z.array(z.string()).exactOptional(),
      waivedBy: z.array(z.string()).exactOptional(),
      /** How long a waiver would hold. */
      expiresInSeconds: z.int().exactOptional(),
      /** Of a promotion: that there is a bundle. Of a file: that a bundle has it. */
      published: z.boolean().exactOptional(),
      /** The gateway looked at the whole bundle itself, and which of its checks failed. */
      verified: z.boolean().exactOptional(),
      failed: z.array(z.string()).exactOptional(),
      /** The bundle that this one changes, and the newest of its release; null: none. */
      parent: z.string().nullable().exactOptional(),
      newest: z.string().nullable().exactOptional(),
      verdict: z.enum(['PASSED', 'FAILED']).exactOptional(),
      /** What the contract requires and is neither met nor waived. */
      missing: z.array(z.strictObject({ id: z.string(), outcome: z.string(), detail: z.string(), obtain: z.string() })).exactOptional(),
      /** Waivers that the verdict rests on and that have ended since. */
      lapsed: z.array(z.strictObject({ id: z.string(), expiresAt: z.string() })).exactOptional(),
      /** Of the evidence, or of a file since it came: whole days. */
      ageDays: z.int().exactOptional(),
    })
    .exactOptional(),
  /** The moment as the tenant's own calendar and clocks show it. */
  calendar: z
    .strictObject({
      timeZone: z.string(),
      /** 1 = Monday … 7 = Sunday. */
      weekday: z.int().min(1).max(7),
      minuteOfDay: z.int().min(0).max(1439),
      /** The name of the day's holiday; null on other days. */
      holiday: z.string().nullable(),
      /** When changes are made, minutes since midnight; null: at any time. */
      window: z
        .strictObject({
          days: z.array(z.int().min(1).max(7)),
          from: z.int().min(0).max(1439),
          /** The first minute outside. */
          until: z.int().min(1).max(1440),
        })
        .nullable(),
    })
    .exactOptional(),
  /** The break-glass that an action is about: the actor's own on the incident, or the one under review. */
  breakGlass: z
    .strictObject({
      /** Absent when there is none. */
      id: z.string().exactOptional(),
      active: z.boolean(),
      /** Seconds until it ends, 0 when none is active. */
      secondsLeft: z.int().min(0),
      declaredBy: z.string().exactOptional(),
      /** Who has reviewed it. */
      reviewers: z.array(z.string()).exactOptional(),
      /** How many of the actor's ended more than 72 hours ago and lack reviews. */
      overdue: z.int().min(0).exactOptional(),
    })
    .exactOptional(),
});

export const policyInput = z.strictObject({ action: z.string(), now, actor, resource, context, facts });

export type PolicyInput = z.infer<typeof policyInput>;
export type Resource = z.infer<typeof resource>;
export type Facts = z.infer<typeof facts>;

/** The moment as rules see it. */
export function policyNow(at: Date): PolicyInput['now'] {
  return {
    epoch: Math.floor(at.getTime() / 1000),
    iso: at.toISOString(),
    weekday: at.getUTCDay() || 7,
    minuteOfDay: at.getUTCHours() * 60 + at.getUTCMinutes(),
  };
}

/** The JSON Schema of the input, draft 7 as `opa check --schema` reads it. */
export function inputSchema(): object {
  return z.toJSONSchema(policyInput, { target: 'draft-7' });
}
