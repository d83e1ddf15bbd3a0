import { CanonicalError, CodedError, messageOf } from '../../core/index.ts';
import type { SourceCheck } from './source/source.ts';

export type CheckName =
  | SourceCheck
  | 'files.complete'
  | 'files.unlisted'
  | 'manifest.signature'
  | 'manifest.form'
  | 'manifest.subject'
  | 'artifact.digest'
  | 'artifact.form'
  | 'statement.form'
  | 'statement.signature'
  | 'statement.subject'
  | 'statement.predicate-type'
  | 'statement.predicate'
  | 'contract.form'
  | 'contract.expected'
  | 'contract.verdict'
  | 'contract.waivers'
  | 'contract.met'
  | 'ledger.checkpoint'
  | 'ledger.proofs'
  | 'ledger.decisions'
  | 'ledger.built'
  | 'ledger.consistency'
  | 'chain.parent'
  | 'chain.previous'
  | 'policy.required'
  | 'policy.age'
  | 'policy.revoked';

/** One thing that was looked at: what it showed, or why it failed. */
export type Check = { readonly check: CheckName; readonly subject: string; readonly ok: boolean; readonly detail: string };

/** Of a requirement; the words of docs/evidence-format.md. */
export type Requirement = {
  readonly id: string;
  readonly outcome: 'met' | 'missing' | 'stale' | 'unmet' | 'waived' | 'absent';
  /** For people. */
  readonly detail: string;
  /** What to do where it is not met. */
  readonly obtain: string | null;
};

export type Report = {
  readonly release: string | null;
  /** `sha256:<hex>` of manifest.json. */
  readonly manifest: string | null;
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** The contract judged by us, requirement by requirement; empty when it could not be. */
  readonly requirements: readonly Requirement[];
  /** Every signature in it, and whose it is where that is somebody who is trusted. */
  readonly signatures: readonly Signature[];
};

export type Signature = {
  readonly file: string;
  /** Of a statement; null of a signature over manifest.json itself. */
  readonly predicateType: string | null;
  readonly signer: { readonly name: string; readonly label: string } | null;
};

/** Runs a check; whatever it throws is a failure, so a fault of ours can never look like a success. */
export function check(name: CheckName, subject: string, body: () => string): Check {
  try {
    return { check: name, subject, ok: true, detail: body() };
  } catch (error) {
    return { check: name, subject, ok: false, detail: messageOf(error) };
  }
}

/** Ends a check with its reason. */
export function fail(reason: string): never {
  throw new Error(reason);
}

export function ensure(condition: boolean, reason: string): asserts condition {
  if (!condition) fail(reason);
}

/** Something that could not be read, with the reason, or what it came to. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function outcomeOf<T>(body: () => T): Outcome<T> {
  try {
    return { ok: true, value: body() };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** Of something that is read. That its place cannot be read now, or nobody waits for it any more, says nothing of what is there. */
export async function outcomeLater<T>(body: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await body() };
  } catch (error) {
    if (error instanceof CodedError && !(error instanceof CanonicalError)) throw error;
    return { ok: false, reason: messageOf(error) };
  }
}

/** The value, or the check at hand fails with the reason why there is none. */
export function known<T>(outcome: Outcome<T>): T {
  return outcome.ok ? outcome.value : fail(outcome.reason);
}
