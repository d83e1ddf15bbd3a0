import { readFileSync } from 'node:fs';
import { messageOf } from '../../core/index.ts';
import { EvidenceVerifyError } from './errors.ts';

/** The text of a key that was handed over, a ledger's for one. @throws EvidenceVerifyError `evidence.verify.key_unreadable` */
export function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.key_unreadable', `cannot read the key \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name the file that was handed to you; the key is not in the bundle on purpose',
    });
  }
}
