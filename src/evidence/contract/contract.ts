import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, readYaml } from '../../config/index.ts';
import { EvidenceError } from '../errors.ts';
import { isItemKind } from '../forms.ts';
import { isPlainName } from '../names.ts';

/** Not a file: that the ledger was told of this bundle before it was built. */
export const LEDGER_BUILT = 'ledger-built';

const scalar = z.union([z.number(), z.boolean(), z.string()]);
const condition = z
  .strictObject({ min: z.number().exactOptional(), max: z.number().exactOptional(), equals: scalar.exactOptional() })
  .refine((value) => Object.keys(value).length > 0, 'needs `min`, `max` or `equals`');
/** What a value of a summary must be; all that is given must hold. */
export type Condition = z.infer<typeof condition>;

const requirement = z.strictObject({
  item: z.string().refine((kind) => kind === LEDGER_BUILT || isItemKind(kind), 'is no kind of evidence: see `ig-evidence kinds`'),
  name: z.string().refine(isPlainName, 'must be a plain file name').nullable().default(null),
  optional: z.boolean().default(false),
  maxAgeDays: z.number().positive().nullable().default(null),
  assert: z.record(z.string(), condition).default({}),
  obtain: z.string().nullable().default(null),
});
export type Requirement = z.infer<typeof requirement>;

const contractSchema = z.strictObject({
  format: z.literal(1),
  releases: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words with hyphens'), z.array(requirement).min(1)),
});

/** What a release of one kind must show: `contract.json`. */
export type Contract = { readonly format: 1; readonly kind: string; readonly requirements: readonly Requirement[] };

/**
 * The part of a contract for one kind of release; of the file given, else of the one that ships with us.
 *
 * @throws ConfigError; EvidenceError `evidence.contract_malformed`
 */
export function readContract(file: string | undefined, kind: string): Contract {
  const from = file ?? join(packageRoot(), 'evidence', 'contract.yaml');
  const { releases } = readYaml(from, contractSchema);
  const requirements = releases[kind];
  if (requirements === undefined) {
    throw malformed(from, `it has no kind of release \`${kind}\``, `give --kind one of \`${Object.keys(releases).join('`, `')}\``);
  }
  const ids = requirements.map(requirementId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw malformed(from, `it requires \`${twice}\` twice`, 'name each item once, or give `name` to tell them apart');
  return { format: 1, kind, requirements };
}

export function requirementId({ item, name }: Pick<Requirement, 'item' | 'name'>): string {
  return name === null ? item : `${item}:${name}`;
}

function malformed(file: string, why: string, remedy: string): EvidenceError {
  return new EvidenceError('evidence.contract_malformed', `the contract \`${file}\` cannot be used: ${why}`, { remedy });
}
