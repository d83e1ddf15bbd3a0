import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { isJsonObject, messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);

/** A value of a domain: itself, a moment before the baseline's `now`, or a value with words for it. */
const value = z.union([scalar, z.strictObject({ secondsAgo: z.int() }), z.strictObject({ is: z.json(), as: z.string().min(1) })]);

const subsets = z.strictObject({ of: z.union([z.literal('roles'), z.array(value).min(1)]), upTo: z.int().min(1).max(4) });

const declaration = z
  .strictObject({
    values: z.array(value).exactOptional(),
    /** Listed from the least trusted to the most. */
    order: z.literal('rising').exactOptional(),
    subsets: subsets.exactOptional(),
    /** The attribute can be absent, which is then the least trusted of its values. */
    optional: z.boolean().default(false),
  })
  .refine((declared) => (declared.values === undefined) !== (declared.subsets === undefined), 'give either `values` or `subsets`');

const object = z.json().refine(isJsonObject, 'an object is needed');

const baseline = z.strictObject({
  baseline: z.string().min(1),
  set: z.record(z.string(), z.json()).default({}),
  unset: z.array(z.string()).default([]),
});

const spaceFile = z.strictObject({
  attributes: z.record(z.string(), declaration),
  base: object,
  actions: z.record(z.string(), baseline),
});

export type DomainValue = z.infer<typeof value>;
export type Declaration = z.infer<typeof declaration>;
/** What `analysis/space.yaml` says. */
export type SpaceFile = z.infer<typeof spaceFile>;

/** @throws ToolError `analysis.malformed`, naming the file and the place in it. */
export function readSpace(folder: string): SpaceFile {
  return readYaml(join(folder, 'space.yaml'), spaceFile);
}

/**
 * Reads a YAML file of the analysis.
 *
 * @throws ToolError `analysis.malformed`
 */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  if (!existsSync(file)) throw malformed(`there is no \`${file}\``);
  const parsed = schema.safeParse(parsedYaml(file));
  if (parsed.success) return parsed.data;
  throw malformed(`\`${file}\` is not as it should be: ${z.prettifyError(parsed.error)}`);
}

function parsedYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw malformed(`\`${file}\` is not YAML: ${messageOf(cause)}`);
  }
}

export function malformed(message: string): ToolError {
  return new ToolError('analysis.malformed', message, { remedy: 'see policies/analysis/README.md for what stands where' });
}
