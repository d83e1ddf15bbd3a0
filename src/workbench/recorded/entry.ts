import { z } from 'zod';
import { digestOf, digestOfJson, isJsonObject, type JsonObject, messageOf } from '../../core/index.ts';
import type { PolicyInput } from '../../policy/index.ts';
import { type Disclosure, disclosed, VaultError } from '../../vault/index.ts';
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
 * What a policy was asked. `exact` is the very input: what the ledger keeps has the digest in the decision, and what people wrote
 * opens its commitments. Anything else is not an input to decide on again: `erased` says which parts cannot be opened (JSON pointers),
 * because they were erased or do not come with an export; `altered` that it is another than the one decided on.
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

/** The recorded input, compared with the digest in the decision, with what people wrote put back where it can be. */
export function readInput({ data }: RecordedEntry, { inputDigest }: RecordedDecision, disclosures: readonly Disclosure[]): RecordedInput {
  const { input } = data;
  if (!isJsonObject(input) || !digestIs(input, inputDigest)) return { state: 'altered', input };
  const whole = opened(input, '/data/input', disclosures);
  if (whole === undefined || !mayBeInput(whole.value)) return { state: 'altered', input };
  if (whole.missing.length === 0) return { state: 'exact', input: whole.value };
  return { state: 'erased', pointers: whole.missing.map((pointer) => pointer.slice('/data'.length)), input: whole.value };
}

/** What was recorded of the effect, with what people wrote as far as it can be opened; null when there was none. */
export function readEffect({ data }: RecordedEntry, disclosures: readonly Disclosure[]): unknown {
  const { effect } = data;
  return isJsonObject(effect) ? (opened(effect, '/data/effect', disclosures)?.value ?? effect) : null;
}

/** Undefined: what is disclosed is not what was committed to. */
function opened(part: JsonObject, at: string, disclosures: readonly Disclosure[]): ReturnType<typeof disclosed> | undefined {
  try {
    return disclosed(part, at, disclosures);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

/** An object that may be what the kernel asked; its digest decides whether it is. */
function mayBeInput(value: unknown): value is PolicyInput {
  return isJsonObject(value);
}

/**
 * Leaves are canonical JSON, so writing the input again gives its canonical bytes at once, and the digest proves it. Only when it does
 * not (a log written in another form, keys that look like numbers) are the canonical bytes made, at several times the cost.
 */
function digestIs(input: JsonObject, digest: string): boolean {
  if (digestOf(Buffer.from(JSON.stringify(input))) === digest) return true;
  try {
    return digestOfJson(input) === digest;
  } catch {
    return false; // it has no canonical form, so it never was what the kernel digested
  }
}
