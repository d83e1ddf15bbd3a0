import { z } from 'zod';
import { digestOf, digestOfJson, isJsonObject, messageOf } from '../../core/index.ts';
import type { PolicyInput } from '../../policy/index.ts';
import { recordedVerdict } from './verdict.ts';

const decisionSchema = recordedVerdict.extend({
  decisionId: z.string().min(1),
  action: z.string().min(1),
  policy: z.object({ digest: z.string(), revision: z.string() }),
  inputDigest: z.string(),
  tenant: z.string(),
  purpose: z.string(),
  ts: z.string(),
  micros: z.number(),
});
/** A decision as its entry keeps it. */
export type RecordedDecision = z.infer<typeof decisionSchema>;

const entrySchema = z.object({
  id: z.string(),
  ts: z.string(),
  type: z.string(),
  subject: z.string(),
  actor: z.object({ id: z.string(), kind: z.string() }),
  /** Absent while the entry waits for its place. */
  log: z.string().optional(),
  seq: z.int().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type RecordedEntry = z.infer<typeof entrySchema>;

/**
 * What a policy was asked. `exact` is the very input, byte for byte: its digest is the one that the decision keeps. Anything
 * else is not an input to decide on again: `erased` says which parts were taken out on purpose (JSON pointers), `altered` that
 * it is another than the one decided on.
 */
export type RecordedInput =
  | { readonly state: 'exact'; readonly input: PolicyInput }
  | { readonly state: 'erased'; readonly pointers: readonly string[]; readonly input: unknown }
  | { readonly state: 'altered'; readonly input: unknown };

/** One leaf, read. `malformed`: it is no entry, or holds something as its decision that is none. */
export type RecordedLeaf =
  | { readonly kind: 'decision'; readonly entry: RecordedEntry; readonly decision: RecordedDecision }
  | { readonly kind: 'other'; readonly entry: RecordedEntry }
  | { readonly kind: 'malformed'; readonly entry: RecordedEntry | undefined; readonly why: string };

/** Reads a leaf's body. Never throws: what was altered is an answer. */
export function readLeaf(body: Buffer): RecordedLeaf {
  const entry = entrySchema.safeParse(parseJson(body));
  if (!entry.success) return { kind: 'malformed', entry: undefined, why: z.prettifyError(entry.error) };
  const held = entry.data.data['decision'];
  if (held === undefined || held === null) return { kind: 'other', entry: entry.data };
  const decision = decisionSchema.safeParse(held);
  if (!decision.success) return { kind: 'malformed', entry: entry.data, why: z.prettifyError(decision.error) };
  return { kind: 'decision', entry: entry.data, decision: decision.data };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    return messageOf(error);
  }
}

/** The recorded input, compared with the digest in the decision. */
export function readInput({ data }: RecordedEntry, { inputDigest }: RecordedDecision): RecordedInput {
  const { input } = data;
  if (mayBeInput(input) && digestIs(input, inputDigest)) return { state: 'exact', input };
  const pointers = erasedPointers(input, '/input');
  return pointers.length > 0 ? { state: 'erased', pointers, input } : { state: 'altered', input };
}

/** An object that may be what the kernel asked; its digest decides whether it is. */
function mayBeInput(value: unknown): value is PolicyInput {
  return isJsonObject(value);
}

/**
 * Leaves are canonical JSON, so writing the input again gives its canonical bytes at once, and the digest proves it. Only when it does
 * not (a log written in another form, keys that look like numbers) are the canonical bytes made, at several times the cost.
 */
function digestIs(input: PolicyInput, digest: string): boolean {
  if (digestOf(Buffer.from(JSON.stringify(input))) === digest) return true;
  try {
    return digestOfJson(input) === digest;
  } catch {
    return false; // it has no canonical form, so it never was what the kernel digested
  }
}

/** Where a value was replaced by the marker `{"erased": true, …}`. */
function erasedPointers(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Reflect.get(value, 'erased') === true) return [at];
  return Object.entries(value).flatMap(([key, item]) => erasedPointers(item, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}
