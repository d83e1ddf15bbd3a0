import { writeFileSync } from 'node:fs';
import { messageOf } from '../../core/index.ts';
import { canonicalFile } from '../canonical-file.ts';
import { EvidenceError } from '../errors.ts';
import type { SchemaDiff } from '../kinds/schema-diff.ts';

/** Writes a difference as the item that it is. @throws EvidenceError `evidence.write_failed` */
export function writeDiff(file: string, diff: SchemaDiff): void {
  try {
    writeFileSync(file, canonicalFile(diff));
  } catch (cause) {
    throw new EvidenceError('evidence.write_failed', `cannot write \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'make its folder, make room or correct the permissions',
    });
  }
}
