import { VerifyError, verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import type { Clients } from './clients.ts';
import type { Contradictions } from './contradictions.ts';
import type { Snapshot, StoredLeaf } from './snapshot.ts';
import { hashOfLeaf, Tree } from './tree.ts';

/** One log as it was read so far. Each look takes what is new; what was seen before must still be so. */
export class LogWatch {
  readonly tree = new Tree();
  readonly #seqs = new Map<string, number>();
  readonly #checkpoints = new Map<number, string>();
  readonly #log: string;
  readonly #verifierKey: string;
  readonly #contradictions: Contradictions;
  /** The acknowledged places that were compared with the log, so that each is compared once. */
  readonly #compared = new Set<string>();

  constructor(log: string, verifierKey: string, contradictions: Contradictions) {
    this.#log = log;
    this.#verifierKey = verifierKey;
    this.#contradictions = contradictions;
  }

  get checkpoints(): number {
    return this.#checkpoints.size;
  }

  /** The largest size that was seen signed. */
  get signed(): number {
    return Math.max(0, ...this.#checkpoints.keys());
  }

  /** `clients` must have been read before the snapshot was taken: whatever they knew by then is in it. */
  look(snapshot: Snapshot, clients: Clients): void {
    for (const leaf of snapshot.leaves) this.#take(leaf);
    this.#checkHead(snapshot);
    this.#checkCheckpoints(snapshot);
    for (const [id, place] of clients.placed(this.#log)) if (!this.#compared.has(id)) this.#checkPlace(id, place);
    this.#checkAtomicity(snapshot);
  }

  /** At rest nothing waits any more, and who was told `PENDING` is in the log. */
  lookAtRest(snapshot: Snapshot, clients: Clients): void {
    for (const id of snapshot.waiting) this.#add('never-placed', `entry ${id} waits for its place though all is at rest`);
    for (const { id, resolved } of clients.pending(this.#log)) {
      if (!resolved && !this.#seqs.has(id)) this.#add('never-placed', `entry ${id} was told \`PENDING\` and never got a place`);
    }
    const there = new Set(snapshot.checkpoints.map(({ size }) => size));
    for (const size of this.#checkpoints.keys()) if (!there.has(size)) this.#add('root', `the checkpoint of size ${size} is gone`);
    if (!there.has(snapshot.head.size))
      this.#add('root', `the head of ${snapshot.head.size} entries is not signed, only ${this.signed} are`);
  }

  #take({ seq, entryId, body, hash }: StoredLeaf): void {
    const expected = this.tree.size;
    const before = this.#seqs.get(entryId);
    if (before !== undefined) this.#add('duplicated', `entry ${entryId} is at ${before} and at ${seq}`);
    if (seq !== expected) this.#add('altered', `where ${expected} must be there is ${seq}`);
    if (!hashOfLeaf(body).equals(hash)) this.#add('altered', `the hash at ${seq} is not that of its body`);
    const leaf: unknown = JSON.parse(body.toString('utf8'));
    const prev = this.tree.leaf(expected - 1)?.toString('hex') ?? null;
    const said = typeof leaf === 'object' && leaf !== null ? leaf : {};
    for (const [name, value] of Object.entries({ log: this.#log, seq, id: entryId, prev })) {
      if (Reflect.get(said, name) !== value) this.#add('altered', `the body at ${seq} has another \`${name}\` than ${value}`);
    }
    if (before === undefined) this.#seqs.set(entryId, seq);
    this.tree.add(hashOfLeaf(body));
  }

  #checkHead({ head }: Snapshot): void {
    if (head.size !== this.tree.size) {
      this.#add('altered', `the head says ${head.size} entries, there are ${this.tree.size}`);
      return;
    }
    if (head.size > 0 && !head.root.equals(this.tree.rootAt(head.size)))
      this.#add('root', `the head's root is not that of its ${head.size} leaves`);
  }

  #checkCheckpoints({ checkpoints, head }: Snapshot): void {
    const largest = this.signed;
    for (const { size, note } of checkpoints) {
      const before = this.#checkpoints.get(size);
      if (before !== undefined && before !== note) this.#add('root', `the checkpoint of size ${size} is another than before`);
      if (before !== undefined) continue;
      this.#checkpoints.set(size, note);
      if (size < largest) this.#add('root', `size ${size} was signed after ${largest}`);
      if (size > this.tree.size) this.#add('root', `size ${size} is signed, the head says ${head.size} and there are ${this.tree.size}`);
      else this.#checkCheckpoint(size, note);
    }
  }

  #checkCheckpoint(size: number, note: string): void {
    try {
      const signed = verifyCheckpoint(note, this.#verifierKey);
      if (signed.size === size && signed.root.equals(this.tree.rootAt(size))) return;
      this.#add('root', `the checkpoint of size ${size} does not have the root of its leaves`);
    } catch (error) {
      if (!(error instanceof VerifyError)) throw error;
      this.#add('root', `the checkpoint of size ${size}: ${error.message}`);
    }
  }

  #checkPlace(id: string, { seq, leafHash }: { seq: number; leafHash: string }): void {
    this.#compared.add(id);
    if (this.#seqs.get(id) === seq && this.tree.leaf(seq)?.toString('hex') === leafHash) return;
    this.#add('lost', `entry ${id} was acknowledged at ${seq} with hash ${leafHash} and is not there`);
  }

  #checkAtomicity({ withoutEffect, withoutEntry }: Snapshot): void {
    for (const id of withoutEffect) this.#add('torn', `entry ${id} is there without its effect`);
    for (const id of withoutEntry) this.#add('torn', `the effect of ${id} is there without its entry`);
  }

  #add(...[kind, message]: [Parameters<Contradictions['add']>[0], string]): void {
    this.#contradictions.add(kind, this.#log, message);
  }
}
