import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { verifyCheckpoint, verifyExport } from '../../ledger/verify/index.ts';
import { EvidenceError } from '../errors.ts';
import { readInput } from '../read-input.ts';

export type LedgerState = {
  readonly origin: string;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly verifierKey: string;
  /** The signed note. */
  readonly checkpoint: Buffer;
};

/** Checks a ledger export with the key of the log. @throws EvidenceError `evidence.ledger_invalid` */
export async function readLedger(folder: string, keyFile: string): Promise<LedgerState> {
  const verifierKey = readInput('ledger verifier key', keyFile).toString('utf8').trim();
  await assertSound(folder, verifierKey);
  const checkpoint = readInput('ledger checkpoint', join(folder, 'checkpoint'));
  const { origin, size, root } = verifyCheckpoint(checkpoint.toString('utf8'), verifierKey);
  return { origin, size, root: root.toString('hex'), verifierKey, checkpoint };
}

async function assertSound(folder: string, verifierKey: string): Promise<void> {
  const [fault] = await faultsOf(folder, verifierKey);
  if (fault !== undefined) throw ledgerInvalid(folder, fault.message);
}

async function faultsOf(folder: string, verifierKey: string): Promise<readonly { readonly message: string }[]> {
  try {
    return (await verifyExport(folder, { verifierKey })).faults;
  } catch (cause) {
    throw ledgerInvalid(folder, messageOf(cause), cause);
  }
}

export function ledgerInvalid(folder: string, why: string, cause?: unknown): EvidenceError {
  return new EvidenceError('evidence.ledger_invalid', `the ledger export \`${folder}\` does not verify: ${why}`, {
    cause,
    remedy: 'export the log again and give its own verifier key; if that does not help, the ledger was tampered with',
  });
}
