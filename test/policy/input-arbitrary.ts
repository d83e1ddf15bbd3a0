import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { CanonicalError, canonicalBytes, isJsonObject, type Json } from '../../src/core/index.ts';
import { inputSchema, type PolicyInput } from '../../src/policy/index.ts';
import { goldenCases, policies, varied } from './golden-cases.ts';

/** As much of JSON Schema as the input's uses; anything else fails here and not silently. */
type Schema = {
  readonly $schema?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly Json[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: false | undefined;
  readonly items?: Schema | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
};
const schema: z.ZodType<Schema> = z.lazy(() =>
  z.strictObject({
    $schema: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.json()).optional(),
    anyOf: z.array(schema).optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.literal(false).optional(),
    items: schema.optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
  }),
);
const root = schema.parse(JSON.parse(JSON.stringify(inputSchema())));
const golden = goldenCases().map(({ input }) => input);

/** What the rules compare with, and what the golden cases hold: a value that means something is seldom found by chance. */
const source = readdirSync(policies, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego'))
  .map((name) => readFileSync(join(policies, name), 'utf8'))
  .join('\n');
const scalars = golden.flatMap((input) => scalarsOf(input));
const words = distinct([
  ...[...source.matchAll(/"([^"\\\n]{0,60})"/g)].map(([, word]) => word ?? ''),
  ...scalars.filter((value) => typeof value === 'string'),
]);
const numbers = distinct([
  ...[...source.matchAll(/\b\d{1,9}\b/g)].map(([digits]) => Number(digits)),
  ...scalars.filter((value) => typeof value === 'number'),
]);
/** Looks like another, is cut, is long, means something to a parser or a template. */
const oddities = [
  '',
  ' ',
  'ѕre',
  'SRE',
  'sre ',
  'sre\u0000',
  '\ufeffsre',
  'ａｃｍｅ',
  '💥',
  '\u202eacme',
  '"',
  '\\',
  '`',
  '{x}',
  '%s',
  '__proto__',
  'null',
  '0',
  'x'.repeat(300),
];

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.constantFrom(...oddities) },
  { weight: 1, arbitrary: fc.string({ maxLength: 14, unit: 'binary' }) },
);

function integer(minimum: number, maximum: number): fc.Arbitrary<number> {
  const near = distinct([minimum, maximum, 0, ...numbers].flatMap((value) => [value - 1, value, value + 1]));
  const edges = near.filter((value) => value >= minimum && value <= maximum);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...edges) },
    { weight: 1, arbitrary: fc.integer({ min: minimum, max: maximum }) },
  );
}

/** Values of a schema, boundaries and meaningful ones first; optional members come and go. */
function valuesOf(of: Schema): fc.Arbitrary<Json> {
  if (of.enum !== undefined) return fc.constantFrom(...of.enum);
  if (of.anyOf !== undefined) return fc.oneof(...of.anyOf.map(valuesOf));
  if (typeof of.type === 'object') return fc.oneof(...of.type.map((type) => valuesOf({ ...of, type })));
  switch (of.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integer(of.minimum ?? Number.MIN_SAFE_INTEGER, of.maximum ?? Number.MAX_SAFE_INTEGER);
    case 'string':
      return text;
    case 'array':
      return fc.array(valuesOf(of.items ?? {}), { maxLength: 4 });
    case 'object':
      return objectsOf(of);
    default:
      throw new Error(`the generator knows nothing of ${JSON.stringify(of)}`);
  }
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Json> {
  const members = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, valuesOf(of)]));
  return fc.record(members, { requiredKeys: [...required] });
}

/** Every place in the input, dotted, with what may stand there. */
function placesOf(of: Schema, path: string): (readonly [string, Schema])[] {
  return Object.entries(of.properties ?? {}).flatMap(([name, inner]) => {
    const place = path === '' ? name : `${path}.${name}`;
    return [[place, inner] as const, ...placesOf(inner, place)];
  });
}

/** JSON with a canonical form: what has none (integers beyond 2^53 - 1, lone surrogates) has no digest and is no input. */
export const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 3 })
  .map((value): Json => JSON.parse(JSON.stringify(value)))
  .filter(isCanonical);

const places = placesOf(root, '');
const change = fc.oneof(...places.map(([path, of]) => fc.tuple(fc.constant(path), valuesOf(of))));
const violation = fc.tuple(fc.constantFrom(...places.map(([path]) => path)), anyJson);

/** An input with some places changed; a place whose parent is not there stays as it is. */
function changed(input: Json, changes: readonly (readonly [string, Json])[]): Json {
  let result = input;
  for (const [path, value] of changes)
    if (hasParent(result, path)) result = JSON.parse(JSON.stringify(varied(result as PolicyInput, { [path]: value })));
  return result;
}

function hasParent(input: Json, path: string): boolean {
  let at: Json | undefined = input;
  for (const key of path.split('.').slice(0, -1)) at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isJsonObject(at);
}

/** Within the schema: anything it allows, and more often a golden case with up to four places changed, which is often allowed. */
export const validInput: fc.Arbitrary<Json> = fc
  .oneof(
    { weight: 1, arbitrary: valuesOf(root) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...golden), fc.array(change, { maxLength: 4 }))
        .map(([input, changes]) => changed(input, changes)),
    },
  )
  .filter(isCanonical);

/** The same and, one in five, with something in a place that the schema does not allow there. */
export const anyInput: fc.Arbitrary<Json> = fc
  .tuple(
    validInput,
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(violation, { minLength: 1, maxLength: 2 }) }),
  )
  .map(([input, violations]) => changed(input, violations));

function scalarsOf(value: Json): (string | number | boolean | null)[] {
  if (Array.isArray(value)) return value.flatMap(scalarsOf);
  if (isJsonObject(value)) return Object.values(value).flatMap(scalarsOf);
  return [value as string | number | boolean | null];
}

function isCanonical(value: Json): boolean {
  try {
    return canonicalBytes(value).length > 0;
  } catch (error) {
    if (error instanceof CanonicalError) return false;
    throw error;
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
