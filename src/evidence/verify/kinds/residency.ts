import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { latestOf, utc } from './times.ts';

const text = z.string().min(1);
const probe = z.strictObject({
  at: utc,
  from: text,
  to: text,
  allowed: z.boolean(),
  observed: z.enum(['allowed', 'refused']),
  detail: z.string().optional(),
});
const residency = z.strictObject({
  checkedAt: utc,
  tenants: z.array(z.strictObject({ tenant: text, region: text, probes: z.array(probe) })),
});

/** A violation is a probe that saw something else than what is allowed, in either direction. */
export const readResidency: DocumentReader = (document) => {
  const { tenants, checkedAt } = parseAs(residency, document);
  const probes = tenants.flatMap((tenant) => tenant.probes);
  const violations = probes.filter(({ allowed, observed }) => allowed !== (observed === 'allowed'));
  return { summary: { tenants: tenants.length, probes: probes.length, violations: violations.length }, madeAt: latestOf([checkedAt]) };
};
