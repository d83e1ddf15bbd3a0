/**
 * The base of every error that Countersign throws on purpose.
 *
 * A domain has one subclass with a closed union of codes: `class LedgerError extends CodedError<LedgerErrorCode>`.
 * Codes are stable and machine-readable; messages are lower case, without a final period, and name values in backticks.
 * What is not a `CodedError` is a fault of ours: the edges mask it.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  /** What the reader can do about it, one sentence; shown beside the message at every edge. */
  readonly remedy: string | undefined;

  constructor(code: Code, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** The text of anything that was thrown, libraries that throw strings or plain objects included. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(messageOf).join('; ');
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return JSON.stringify(thrown) ?? String(thrown);
}
