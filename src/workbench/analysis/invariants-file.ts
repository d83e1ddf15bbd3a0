import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from './space-file.ts';

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);

/** A value of a domain: itself, the words it was given, what a set holds, a moment, or absence. */
const reference = z.union([
  scalar,
  z.array(z.string()),
  z.strictObject({ secondsAgo: z.int() }),
  z.strictObject({ absent: z.literal(true) }),
]);
const references = z.array(reference).min(1);

const condition = z.union([
  references,
  z.strictObject({ not: references }),
  z.strictObject({ with: z.array(z.string()).min(1) }),
  z.strictObject({ without: z.array(z.string()).min(1) }),
]);

const result = z.enum(['ALLOW', 'DENY', 'STEP_UP']);
const pair = z.tuple([z.string(), z.string()]);

const invariant = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_]*$/),
    title: z.string().min(1),
    actions: z.union([z.literal('*'), z.array(z.string()).min(1)]),
    /** No input under the conditions is answered so. */
    never: result.exactOptional(),
    /** With these values, all else as in the baseline, the answer is this. */
    enough: result.exactOptional(),
    /** More trust in this attribute never takes an ALLOW away. */
    monotone: z.string().exactOptional(),
    when: z.record(z.string(), condition).default({}),
    /** Two attributes have the same value, or not. */
    same: pair.exactOptional(),
    differ: pair.exactOptional(),
  })
  .refine(
    ({ never, enough, monotone }) => [never, enough, monotone].filter((form) => form !== undefined).length === 1,
    'say exactly one of `never`, `enough` and `monotone`',
  );

const invariantsFile = z.strictObject({ invariants: z.array(invariant) });

export type ValueReference = z.infer<typeof reference>;
export type Condition = z.infer<typeof condition>;
export type Invariant = z.infer<typeof invariant>;

/** @throws ToolError `analysis.malformed`, naming the file and the place in it */
export function readInvariants(folder: string): Invariant[] {
  return readYaml(join(folder, 'invariants.yaml'), invariantsFile).invariants;
}

/** The attributes that an invariant speaks of. */
export function attributesOf({ when, same, differ, monotone }: Invariant): string[] {
  return [...Object.keys(when), ...(same ?? []), ...(differ ?? []), ...(monotone === undefined ? [] : [monotone])];
}
