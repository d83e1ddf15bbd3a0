import { parseNote } from '../../core/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { LedgerError } from '../errors.ts';
import { type Cosignature, findCosignature } from './cosignature.ts';
import { type Submission, submit } from './submit.ts';
import type { Witness } from './witness.ts';

/** What `askWitness` must be able to find out about the log, each time anew. */
export type LogView = {
  /** The consistency proof between two trees of the log (RFC 6962 §2.1.2). */
  proof(from: number, to: number): Promise<readonly Buffer[]>;
  /** The size of the newest checkpoint that is committed now. */
  newestSize(): Promise<number>;
};

/** `overtaken`: another gateway has shown the witness a newer checkpoint meanwhile. `size`: where the witness stands. */
export type Asked =
  | { readonly kind: 'cosigned'; readonly size: number; readonly cosignature: Cosignature }
  | { readonly kind: 'overtaken'; readonly size: number };

/**
 * Asks one witness to cosign a checkpoint, from the size it confirmed last; when it stands elsewhere, once more from there.
 *
 * @throws LedgerError `ledger.witness_unavailable`; `ledger.witness_ahead`: it has cosigned more than this database has, which was
 *   restored or is another one's; `ledger.witness_refused`: it does not find that this continues what it cosigned, or does not know the
 *   log; `ledger.cosignature_invalid`
 */
export async function askWitness(
  witness: Witness,
  checkpoint: Checkpoint,
  confirmed: number,
  log: LogView,
  signal: AbortSignal,
): Promise<Asked> {
  let old = Math.min(confirmed, checkpoint.size);
  for (let attempt = 1; ; attempt += 1) {
    const submission: Submission = { old, proof: await log.proof(old, checkpoint.size), note: checkpoint.note };
    const answer = await submit(witness, submission, signal);
    if (answer.kind === 'cosigned')
      return { kind: 'cosigned', size: checkpoint.size, cosignature: verified(witness, checkpoint, answer.lines) };
    if (answer.kind === 'refused') throw refused(witness, checkpoint, `${answer.status} ${answer.reason}`);
    if (answer.size > checkpoint.size) return overtaken(witness, answer.size, await log.newestSize());
    if (attempt === 2) return { kind: 'overtaken', size: answer.size };
    if (answer.size === old) throw refused(witness, checkpoint, `it says both that it stands at ${old} and that it does not`);
    old = answer.size;
  }
}

function verified(witness: Witness, { note }: Checkpoint, lines: string): Cosignature {
  const text = parseNote(note)?.text;
  const cosignature = text === undefined ? undefined : findCosignature(lines, text, witness.key);
  if (cosignature !== undefined) return cosignature;
  throw new LedgerError('ledger.cosignature_invalid', `witness \`${witness.name}\` answered without a valid cosignature of its key`, {
    remedy: 'compare the key of the configuration with what the witness publishes; its answer was thrown away',
  });
}

/** A newer checkpoint is committed before any gateway shows it to a witness: what the witness has, the database must have. */
function overtaken(witness: Witness, size: number, newest: number): Asked {
  if (size <= newest) return { kind: 'overtaken', size };
  throw new LedgerError('ledger.witness_ahead', `witness \`${witness.name}\` cosigned ${size} entries, the database has signed ${newest}`, {
    remedy:
      'the database was restored, or is not the one that signed this log before: compare with what the witness serves; docs/witnessing.md says how to go on',
  });
}

function refused(witness: Witness, { size }: Checkpoint, why: string): LedgerError {
  return new LedgerError(
    'ledger.witness_refused',
    `witness \`${witness.name}\` will not cosign the checkpoint for ${size} entries: ${why}`,
    {
      remedy:
        'with 403 or 404, give the witness the key of the log; with 422 the log is not the one it knew: docs/witnessing.md says how to go on',
    },
  );
}
