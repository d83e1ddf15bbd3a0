import type { Command } from 'commander';
import { verifyReceiptCommand } from '../receipt/verify.ts';

/** `countersign receipt …`: for whoever keeps one. */
export function receiptCommand(program: Command): void {
  const receipt = program.command('receipt').description('what a user keeps of an action, and can prove with');
  verifyReceiptCommand(receipt);
}
