/** Something that must never be. */
export type Contradiction = {
  readonly kind: /** Told `SEQUENCED`, and not in the log at that place with that hash. */
    | 'lost'
    /** One entry id at two places, or two places told for one. */
    | 'duplicated'
    /** A gap in seq, a hash that is not the body's, a chain that does not hold, an entry that says it is elsewhere. */
    | 'altered'
    /** An effect without its entry, or the reverse. */
    | 'torn'
    /** A root that is not that of the leaves, a checkpoint that shrank, vanished or does not verify. */
    | 'root'
    /** Told `PENDING`, and not found when everything was at rest. */
    | 'never-placed'
    /** `ledger verify` disagrees. */
    | 'verify'
    /** The ledger took what it must refuse. */
    | 'accepted'
    /** The load did not go on. */
    | 'stuck';
  readonly log: string;
  readonly message: string;
};

/** Collects contradictions, not without bound: one loss makes thousands. */
export class Contradictions {
  readonly #found: Contradiction[] = [];
  readonly #counts = new Map<Contradiction['kind'], number>();

  add(kind: Contradiction['kind'], log: string, message: string): void {
    this.#counts.set(kind, this.count(kind) + 1);
    if (this.#found.length < 20) this.#found.push({ kind, log, message });
  }

  count(kind: Contradiction['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Every kind that was found, in alphabetical order. */
  get kinds(): readonly Contradiction['kind'][] {
    return [...this.#counts.keys()].sort();
  }

  /** The first ones. */
  get found(): readonly Contradiction[] {
    return this.#found;
  }
}
