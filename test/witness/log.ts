import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { fixedClock } from '../../src/core/index.ts';
import { checkpointText, type NoteSigner, noteSigner, signNote } from '../../src/ledger/note.ts';
import type { Witnessing } from '../../src/witness/add-checkpoint.ts';
import { createWitnessKey, Memory, parseLogs, type WitnessEvent } from '../../src/witness/index.ts';
import { naiveConsistency, naiveLeaf, naiveRoot } from '../ledger/naive-tree.ts';
import { makeFolder } from '../support/folders.ts';

export const origin = 'ledger.example/acme';

function signer(name: string): NoteSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return noteSigner(name, privateKey, raw(publicKey));
}

function raw(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
}

/** A log that signs what it is asked to: also a second history. */
export class TestLog {
  readonly signer: NoteSigner;
  readonly leaves: Buffer[];

  constructor(name = origin, history = 'leaf') {
    this.signer = signer(name);
    this.leaves = Array.from({ length: 64 }, (_, n) => naiveLeaf(Buffer.from(`${history} ${n}`)));
  }

  get vkey(): string {
    return this.signer.verifierKey;
  }

  text(size: number, leaves = this.leaves): string {
    return checkpointText(this.signer.name, size, naiveRoot(leaves.slice(0, size)));
  }

  checkpoint(size: number, leaves = this.leaves): string {
    return signNote(this.text(size, leaves), [this.signer]);
  }

  /** The body of an add-checkpoint request, with the right proof. */
  request(from: number, to: number): string {
    return requestOf(from, naiveConsistency(from, this.leaves.slice(0, to)), this.checkpoint(to));
  }

  /** Another history from leaf `at` on, under the same key. */
  forkedAt(at: number): Buffer[] {
    return this.leaves.map((leaf, n) => (n < at ? leaf : naiveLeaf(Buffer.from(`forked ${n}`))));
  }
}

export function requestOf(old: number | string, proof: readonly Buffer[], note: string): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

export type TestWitness = Witnessing & { readonly events: WitnessEvent[]; readonly state: string };

/** A witness with a state folder of its own, or beside another one on the same. The caller removes `state`. */
export function witnessOf(log: TestLog, over: Partial<Witnessing> & { state?: string } = {}): TestWitness {
  const state = over.state ?? makeFolder('witness');
  const events: WitnessEvent[] = [];
  const key = over.key ?? createWitnessKey(`${state}/key-${process.hrtime.bigint()}.pem`, 'witness.example/w1');
  const clock = fixedClock('2026-03-02T12:00:00.000Z');
  return {
    key,
    logs: parseLogs([log.vkey]),
    memory: new Memory(state),
    clock,
    onEvent: (event) => events.push(event),
    ...over,
    events,
    state,
  };
}
