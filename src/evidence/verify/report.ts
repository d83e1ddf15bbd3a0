import { messageOf } from '../../core/index.ts';

export type CheckName =
  | 'files.plain'
  | 'files.complete'
  | 'files.unlisted'
  | 'manifest.form'
  | 'manifest.contract'
  | 'manifest.signature'
  | 'artifact.digest'
  | 'artifact.form'
  | 'statement.form'
  | 'statement.signature'
  | 'statement.subject'
  | 'statement.predicate-type'
  | 'statement.predicate'
  | 'ledger.checkpoint'
  | 'ledger.proofs'
  | 'ledger.decisions';

/** One thing that was looked at: what it showed, or why it failed. */
export type Check = { readonly check: CheckName; readonly subject: string; readonly ok: boolean; readonly detail: string };

export type Report = { readonly release: string | null; readonly ok: boolean; readonly checks: readonly Check[] };

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
