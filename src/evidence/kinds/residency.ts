import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { text, toUtc, utc } from './read/quantities.ts';

const probe = z.strictObject({
  at: utc,
  from: text,
  to: text,
  allowed: z.boolean(),
  observed: z.enum(['allowed', 'refused']),
  detail: z.string().exactOptional(),
});
const document = z.strictObject({
  checkedAt: utc,
  tenants: z.array(z.strictObject({ tenant: text, region: text, probes: z.array(probe) })),
});

export const residency: Kind = defineKind({
  name: 'residency',
  title: 'a proof of residency',
  reads: 'JSON of the form `residency`',
  measures: ['tenants', 'probes', 'violations'],
  file: 'residency-proof.json',
  mediaType: 'application/json',
  statement: { form: 'digest' },
  read: (input) => {
    const content = shaped(parseJson(input), document);
    const probes = content.tenants.flatMap((tenant) => tenant.probes);
    const violations = probes.filter(({ allowed, observed }) => allowed !== (observed === 'allowed'));
    return {
      content,
      summary: { tenants: content.tenants.length, probes: probes.length, violations: violations.length },
      madeAt: toUtc(content.checkedAt),
    };
  },
});
