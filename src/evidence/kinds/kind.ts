/** What a contract can ask of: flat, few, of exact names (docs/evidence-format.md, "Kinds"). */
export type Summary = { readonly [name: string]: number | boolean | string };

/** What became of an input file. */
export type Collected = {
  /** As they stand in the bundle: normalised, so that the same content gives the same bytes. Collecting them again gives the same. */
  readonly bytes: Buffer;
  readonly summary: Summary;
  /** When the content says that it was made, RFC 3339 in UTC with milliseconds; null where it does not say. */
  readonly madeAt: string | null;
};

/** An input file, and what normalising may depend on. */
export type Input = {
  /** Where it came from, for messages. */
  readonly path: string;
  readonly bytes: Buffer;
  /** The source's time: what a tool drew from its clock is replaced by it. */
  readonly at: Date;
};

/** How the statement about an item is made out of it. */
export type StatementForm =
  /** The predicate is the item. */
  | { readonly form: 'document'; readonly predicateType: string }
  /** https://in-toto.io/attestation/test-result/v0.1; `item` is what `collect` gave: some summaries do not tell what was to be reached. */
  | { readonly form: 'test-result'; readonly passed: (item: Pick<Collected, 'bytes' | 'summary'>) => boolean }
  /** `https://countersign.dev/attestation/<kind>/v1`: digest and summary. */
  | { readonly form: 'digest' };

/**
 * A kind of evidence: what its files must be, and what is read from them. `collect` is pure, and refuses whatever is not what it
 * claims to be.
 */
export type Kind = {
  readonly name: string;
  readonly title: string;
  /** What it is read from, for people. */
  readonly reads: string;
  /** The names of its summary, in the order of the format page; an item may lack some that its content does not tell. */
  readonly measures: readonly string[];
  /** Its name in a bundle, unless the builder gives another with the same extension. */
  readonly file: string;
  readonly mediaType: string;
  readonly statement: StatementForm;
  /** @throws EvidenceError `evidence.item_malformed` with the path and the reason */
  readonly collect: (input: Input) => Collected;
};
