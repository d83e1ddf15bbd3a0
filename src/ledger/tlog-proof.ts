import type { InclusionProof } from './ledger.ts';

/**
 * A receipt that a person keeps, as C2SP tlog-proof (https://c2sp.org/tlog-proof). The entry itself comes along as the extra data, so
 * that the file says what it proves:
 *
 *     c2sp.org/tlog-proof@v1 "\n"
 *     "extra " base64(leaf) "\n"
 *     "index " seq "\n"
 *     base64(hash) "\n" …
 *     "\n"
 *     checkpoint
 */
export function tlogProof({ leaf, seq, path, checkpoint }: Omit<InclusionProof, 'verifierKey'>): string {
  const extra = Buffer.from(leaf, 'utf8').toString('base64');
  const hashes = path.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`);
  return `c2sp.org/tlog-proof@v1\nextra ${extra}\nindex ${seq}\n${hashes.join('')}\n${checkpoint}`;
}
