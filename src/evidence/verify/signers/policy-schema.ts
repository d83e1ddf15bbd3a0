import { z } from 'zod';
import { patternFault } from './pattern.ts';

const moment = z.iso.datetime('must be a moment in UTC like 2026-06-30T00:00:00Z').transform((text) => new Date(text));
const path = z.string().min(1);

const key = z
  .strictObject({ file: path, validUntil: moment.optional(), revokedAt: moment.optional(), reason: z.string().min(1).optional() })
  .refine(({ revokedAt, reason }) => (revokedAt === undefined) === (reason === undefined), 'revokedAt and reason belong together');
export type KeyEntry = z.output<typeof key>;

const pattern = z.string().superRefine((text, context) => {
  const fault = patternFault(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const identity = z
  .strictObject({ issuer: z.url(), subject: z.string().min(1).optional(), subjectPattern: pattern.optional() })
  .refine(({ subject, subjectPattern }) => (subject === undefined) !== (subjectPattern === undefined), {
    message: 'give one of subject and subjectPattern',
  });
export type IdentityEntry = z.output<typeof identity>;

/** One signer listed twice would look like two to the threshold. */
function areDistinct(entries: readonly IdentityEntry[]): boolean {
  return new Set(entries.map(({ issuer, subject, subjectPattern }) => `${issuer} ${subject ?? subjectPattern}`)).size === entries.length;
}

const signers = z
  .strictObject({
    threshold: z.int().min(1).max(10).default(1),
    keys: z.array(key).default([]),
    identities: z.array(identity).refine(areDistinct, 'lists somebody twice').default([]),
    trustedRoot: path.optional(),
  })
  .refine(({ keys, identities }) => keys.length + identities.length > 0, 'lists nobody: give keys or identities')
  .refine(({ identities, trustedRoot }) => identities.length > 0 === (trustedRoot !== undefined), {
    message: 'identities and trustedRoot belong together',
  });
export type SignersEntry = z.output<typeof signers>;

/** The policy file (docs/evidence-format.md). */
export const policySchema = z.strictObject({
  format: z.literal(1),
  signers,
  ledger: z.strictObject({ key: path }).optional(),
  contract: path.optional(),
  required: z.array(z.url()).default([]),
  maxAgeDays: z.number().positive().optional(),
});
