import { z } from 'zod';
import { CanonicalError, parseCanonical } from '../core/index.ts';
import { isMissing, type Requirement, requirementSchema } from './bundle-rows.ts';
import { digest, fileName, kind, release } from './names.ts';

/**
 * What the catalog reads of a bundle that was verified; that these documents are right is the verifier's to say. Of a manifest that was not
 * verified only its release and parent count, and only to say why it is refused.
 */
const manifest = z.looseObject({
  release,
  kind,
  at: z.iso.datetime(),
  artifacts: z
    .array(
      z.looseObject({
        name: fileName.refine(
          (name) => name !== 'manifest.json' && !name.endsWith('.sigstore.json'),
          'is the name of what no manifest lists',
        ),
        kind: z.string().max(100),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        size: z.int().min(0),
        mediaType: z.string().max(200),
        from: digest.optional(),
      }),
    )
    .max(2_000)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'lists a name twice'),
  ledger: z.looseObject({ prevManifest: digest.nullable() }),
  contract: z.looseObject({ verdict: z.enum(['PASSED', 'FAILED']) }),
  parent: z.looseObject({ manifest: digest, number: z.int().min(1) }).nullable(),
});
export type Manifest = z.infer<typeof manifest>;

const contract = z.looseObject({
  requirements: z.array(z.looseObject({ item: z.string(), name: z.string().nullable(), obtain: z.string().nullable() })),
});
const verdict = z.looseObject({
  requirements: z.array(
    z.looseObject({
      id: z.string(),
      outcome: requirementSchema.shape.outcome,
      detail: z.string(),
      waiver: z.looseObject({ owner: z.string(), reason: z.string(), expiresAt: z.iso.datetime() }).nullable(),
    }),
  ),
});

/** Where a contract does not say how to get an item. */
const NOT_SAID = 'give it with --item: `ig-evidence kinds` says what it is read from';

/** Facts and answers quote what a contract says: so much of it. */
const MAX_TEXT = 500;

/** Undefined: it is no manifest that the catalog understands. */
export function readManifest(bytes: Buffer): Manifest | undefined {
  const parsed = manifest.safeParse(parsedDocument(bytes));
  return parsed.success ? parsed.data : undefined;
}

/** The verdict with how to get what, in the contract's order. @throws ZodError where they are not what a verified bundle has */
export function readRequirements(contractJson: Buffer, verdictJson: Buffer): Requirement[] {
  const { requirements } = contract.parse(parsedDocument(contractJson));
  const how = new Map(requirements.map(({ item, name, obtain }) => [name === null ? item : `${item}:${name}`, obtain]));
  return verdict.parse(parsedDocument(verdictJson)).requirements.map(({ id, outcome, detail, waiver }) => ({
    id,
    outcome,
    detail: short(detail),
    obtain: short(how.get(id) ?? NOT_SAID) || NOT_SAID,
    waiver: waiver && { owner: waiver.owner, reason: short(waiver.reason), expiresAt: waiver.expiresAt },
  }));
}

export function missingOf(requirements: readonly Requirement[]): string[] {
  return requirements.filter(({ outcome }) => isMissing(outcome)).map(({ id }) => id);
}

function parsedDocument(bytes: Buffer): unknown {
  try {
    return bytes.at(-1) === 0x0a ? parseCanonical(bytes.subarray(0, -1)) : undefined;
  } catch (error) {
    if (error instanceof CanonicalError) return undefined;
    throw error;
  }
}

function short(text: string): string {
  const shown = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return shown.length > MAX_TEXT ? `${shown.slice(0, MAX_TEXT).toWellFormed()}…` : shown;
}
