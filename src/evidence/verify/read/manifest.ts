import { z } from 'zod';
import { listOf, parseAs, parseDocument } from '../form.ts';
import { isKind, kindOf } from '../kinds/index.ts';
import { isPlainName, isReserved, ledgerLogs, MAX_ITEM, MAX_READ, partKinds, releaseForm } from '../names.ts';
import { ensure } from '../report.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<hex>');
const instant = z.iso.datetime({ precision: 3, error: 'must be a time in UTC with milliseconds' });

const artifact = z.strictObject({
  name: z.string().refine(isPlainName, 'must be a plain file name'),
  kind: z.string().refine(isKind, 'must be a kind of this format'),
  sha256: hex,
  size: z.int().min(0).max(MAX_ITEM),
  mediaType: z.string().min(1),
  predicateType: z.string().exactOptional(),
  madeAt: z.iso.datetime({ offset: true }).exactOptional(),
  summary: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).exactOptional(),
  from: digest.exactOptional(),
});

const manifest = z.strictObject({
  format: z.literal(1),
  release: z.string().regex(releaseForm),
  kind: z.string().min(1),
  at: instant,
  source: z.strictObject({ commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/), modified: z.boolean().nullable() }),
  artifacts: listOf(artifact),
  provenance: digest,
  signature: z.literal('cosign:manifest.sigstore.json'),
  ledger: z.strictObject({
    origin: z.string(),
    size: z.int().min(0),
    root: hex,
    verifierKey: z.string(),
    checkpoint: z.literal('ledger-checkpoint'),
    proof: z.literal('ledger-proofs.json'),
    built: z.strictObject({ seq: z.int().min(0), entryId: z.string().min(1) }).nullable(),
    prevManifest: digest.nullable(),
  }),
  policy: z.strictObject({ revision: z.string().min(1), digest }),
  contract: z.strictObject({
    digest,
    verdict: z.enum(['PASSED', 'FAILED']),
    required: listOf(z.string()),
    missing: listOf(z.string()),
  }),
  parent: z.strictObject({ manifest: digest, number: z.int().min(1) }).nullable(),
});
export type Manifest = z.infer<typeof manifest>;
export type ArtifactRecord = Manifest['artifacts'][number];
export type Summary = NonNullable<ArtifactRecord['summary']>;

/** Of this format, and at one with itself. Throws with the reason. */
export function readManifest(bytes: Buffer): Manifest {
  const parsed = parseAs(manifest, parseDocument(bytes));
  const { artifacts } = parsed;
  for (const [index, record] of artifacts.entries()) {
    ensure(index === 0 || (artifacts[index - 1]?.name ?? '') < record.name, 'its artifacts are not in order, each once');
    checkName(record);
    checkKind(record);
    ensure(record.from === undefined || parsed.parent !== null, `\`${record.name}\` is of another bundle, and there is no parent`);
  }
  for (const kind of [...partKinds.values(), ...ledgerLogs]) {
    ensure(artifacts.filter((record) => record.kind === kind).length <= 1, `there is more than one of kind \`${kind}\``);
  }
  ensure(
    artifacts.some((record) => record.kind === 'provenance' && `sha256:${record.sha256}` === parsed.provenance),
    'its `provenance` is not the digest of an artifact of that kind',
  );
  return parsed;
}

function checkName({ name, kind, from }: ArtifactRecord): void {
  ensure(!isReserved(name), `it lists \`${name}\`, which is the name of a signature or its own`);
  const part = partKinds.get(name);
  const isPart = [...partKinds.values()].includes(kind);
  ensure(part === undefined ? !isPart : part === kind, `\`${name}\` is of kind \`${kind}\``);
  ensure(part === undefined || from === undefined, `\`${name}\` is not an item: it cannot be of another bundle`);
}

function checkKind({ name, kind, predicateType, summary, size }: ArtifactRecord): void {
  const expected = kindOf(kind);
  ensure(
    predicateType === expected.predicateType,
    `\`${name}\` calls for a statement of type ${predicateType}, it must be ${expected.predicateType}`,
  );
  ensure((summary !== undefined) === expected.summarised, `\`${name}\` ${summary === undefined ? 'has no' : 'has a'} summary`);
  ensure(kind === 'file' || size <= MAX_READ, `\`${name}\` has more than 64 MiB and is not of kind \`file\``);
}
