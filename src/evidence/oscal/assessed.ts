import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, messageOf, parseCanonical } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';
import { readInput } from '../read-input.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const time = z.iso.datetime();

const manifestSchema = z.object({
  format: z.literal(1),
  release: z.string(),
  kind: z.string(),
  at: time,
  source: z.object({ commit: z.string() }),
  artifacts: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      sha256: z.string(),
      mediaType: z.string(),
      madeAt: time.optional(),
    }),
  ),
});

const contractSchema = z.object({
  format: z.literal(1),
  requirements: z.array(
    z.object({ item: z.string(), name: z.string().nullable(), maxAgeDays: z.number().nullable(), obtain: z.string().nullable() }),
  ),
});

const verdictSchema = z.object({
  format: z.literal(1),
  result: z.enum(['PASSED', 'FAILED']),
  requirements: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(['met', 'missing', 'stale', 'unmet', 'waived', 'absent']),
      detail: z.string(),
      waiver: z.object({ seq: z.int(), entryId: z.string(), owner: z.string(), reason: z.string().nullable(), expiresAt: time }).nullable(),
    }),
  ),
});

export type Item = z.infer<typeof manifestSchema>['artifacts'][number];
type Waiver = NonNullable<z.infer<typeof verdictSchema>['requirements'][number]['waiver']>;

/** A requirement, what came of it, and the items that it was judged by. */
export type Judged = {
  readonly id: string;
  /** Kind of item. */
  readonly item: string;
  readonly outcome: z.infer<typeof verdictSchema>['requirements'][number]['outcome'];
  readonly detail: string;
  readonly waiver: Waiver | null;
  readonly maxAgeDays: number | null;
  readonly obtain: string | null;
  readonly items: readonly Item[];
};

/** What a bundle says of its release: enough for an assessment. */
export type Assessed = {
  readonly manifestDigest: string;
  readonly release: string;
  readonly kind: string;
  readonly at: string;
  readonly commit: string;
  readonly result: 'PASSED' | 'FAILED';
  readonly artifacts: readonly Item[];
  /** In the contract's order. */
  readonly requirements: readonly Judged[];
};

/**
 * Reads manifest, contract and verdict of a bundle's folder. That they belong together is checked; signatures are not.
 *
 * @throws EvidenceError `evidence.input_unreadable`, `evidence.bundle_invalid`
 */
export function readAssessed(folder: string): Assessed {
  const { value: manifest, digest: manifestDigest } = read(folder, 'manifest.json', manifestSchema);
  const listed = (name: string) => `sha256:${manifest.artifacts.find((item) => item.name === name)?.sha256}`;
  const { requirements } = read(folder, 'contract.json', contractSchema, listed('contract.json')).value;
  const verdict = read(folder, 'verdict.json', verdictSchema, listed('verdict.json')).value;
  const { release, kind, at, artifacts, source } = manifest;
  const judged = verdict.requirements.map((ruling) => {
    const asked = requirements.find(({ item, name }) => (name === null ? item : `${item}:${name}`) === ruling.id);
    if (asked === undefined) throw invalid(folder, `its verdict judges \`${ruling.id}\`, which its contract does not ask for`);
    const items = artifacts.filter((item) => item.kind === asked.item && (asked.name === null || item.name === asked.name));
    return { ...ruling, item: asked.item, maxAgeDays: asked.maxAgeDays, obtain: asked.obtain, items };
  });
  return { manifestDigest, release, kind, at, commit: source.commit, result: verdict.result, artifacts, requirements: judged };
}

function read<S extends z.ZodType>(folder: string, name: string, schema: S, expected?: string): { value: z.output<S>; digest: string } {
  const bytes = readInput('bundle file', join(folder, name));
  const actual = digest.parse(digestOf(bytes));
  if (expected !== undefined && expected !== actual) throw invalid(folder, `\`${name}\` is not the file that its manifest lists`);
  try {
    if (bytes.at(-1) !== 0x0a) throw new Error('its last line has no end');
    return { value: schema.parse(parseCanonical(bytes.subarray(0, -1))), digest: actual };
  } catch (cause) {
    throw invalid(folder, `\`${name}\` is not of format 1: ${messageOf(cause)}`, cause);
  }
}

function invalid(folder: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.bundle_invalid', `\`${folder}\` cannot be exported: ${why}`, {
    cause,
    remedy: 'verify the bundle with `ig-evidence verify`, and take it again from where it was published',
  });
}
