import { type VerifiedCheckpoint, verifyCheckpoint } from '../../../ledger/verify/index.ts';
import type { Manifest } from '../read/manifest.ts';
import { type Outcome, outcomeOf } from '../report.ts';
import type { Entry } from './entry.ts';
import { type Proofs, proveEntry, readProofs } from './proofs.ts';

/** What a bundle shows of the ledger, proven as far as it can be. */
export type LedgerView = {
  readonly checkpoint: Outcome<VerifiedCheckpoint>;
  readonly proofs: Outcome<Proofs>;
  /** By seq, those that are proven. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** Why the others are not. */
  readonly faults: readonly string[];
  /** Whether the key was handed over, or is only the one in the manifest, for which the signer vouches. */
  readonly keyIsHeld: boolean;
};

type Parts = { readonly checkpoint: Outcome<Buffer>; readonly proofs: Outcome<Buffer> };

/** @param heldKey the log's verifier key, as it was handed over */
export function viewLedger({ ledger }: Manifest, parts: Parts, heldKey: string | undefined): LedgerView {
  const key = heldKey ?? ledger.verifierKey;
  const note = parts.checkpoint.ok ? parts.checkpoint.value.toString('utf8') : '';
  const { checkpoint: bytes } = parts;
  const checkpoint = bytes.ok ? outcomeOf(() => verifyCheckpoint(note, key)) : bytes;
  const proofs = parts.proofs.ok ? proofsIn(parts.proofs.value) : parts.proofs;
  const proven = (proofs.ok ? proofs.value.proofs : []).map((proof) => outcomeOf(() => proveEntry(proof, note, key)));
  return {
    checkpoint,
    proofs,
    entries: new Map(proven.flatMap((item) => (item.ok ? [[item.value.seq, item.value] as const] : []))),
    faults: proven.flatMap((item) => (item.ok ? [] : [item.reason])),
    keyIsHeld: heldKey !== undefined,
  };
}

function proofsIn(bytes: Buffer): Outcome<Proofs> {
  return outcomeOf(() => readProofs(bytes));
}
