import type { Json } from '../../../core/index.ts';

export type Summary = { readonly [name: string]: number | boolean | string };

/** What an item says, by docs/evidence-format.md. */
export type ItemReading = {
  readonly summary?: Summary;
  /** Of kinds whose statement is a test result. */
  readonly passed?: boolean;
  /** When it was made, where it says so itself: UTC with milliseconds. */
  readonly madeAt?: string | undefined;
  /** What it says about the release it is of. */
  readonly claims?: {
    readonly release?: string;
    readonly commits?: readonly string[];
    readonly policy?: { revision: string; digest: string };
  };
};

/**
 * How the statement about an item is made: of the item as a whole, of its digest and its summary, the same as the result of a test,
 * by reference, or as completeness.
 */
export type StatementForm = 'document' | 'digest' | 'test' | 'reference' | 'verdict';

export type Kind = {
  /** Undefined for what has no statement of its own. */
  readonly statement?: { readonly form: StatementForm; readonly predicateType: string };
  readonly summarised: boolean;
  /** Reads it as a whole. Throws with the reason when it is not what its kind says. Absent for `file`, of which nothing is read. */
  readonly read?: (bytes: Buffer) => ItemReading;
};

/** A document of canonical JSON. */
export type DocumentReader = (document: Json) => ItemReading;

export const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';
