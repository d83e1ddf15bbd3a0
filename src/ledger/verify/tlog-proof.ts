import { strictBase64 } from './base64.ts';
import { VerifyError } from './errors.ts';

export type TlogProof = {
  /** Not authenticated by the proof itself; in a receipt of ours the body of the leaf. */
  readonly extra: Buffer | undefined;
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly path: readonly Buffer[];
  readonly checkpoint: string;
};

const MAGIC = 'c2sp.org/tlog-proof@v1';
/** A leaf body in base64, a path of 63 hashes and a checkpoint with a hundred signatures have room. */
const MAX_LENGTH = 1_000_000;
/** A tree of 2^53 leaves is 53 high. */
const MAX_PATH = 63;

/**
 * Reads a proof file (https://c2sp.org/tlog-proof), in its one form:
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>                     may be left out
 *     index <decimal>
 *     <base64 of a hash>                 none or more
 *
 *     <the checkpoint, a signed note>
 *
 * @throws VerifyError `verify.receipt_malformed`
 */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > MAX_LENGTH) throw malformed(`it is longer than ${MAX_LENGTH} characters`);
  const split = text.indexOf('\n\n');
  if (split < 0) throw malformed('no checkpoint follows after an empty line');
  const [magic, ...lines] = text.slice(0, split).split('\n');
  if (magic !== MAGIC) throw malformed(`its first line is not \`${MAGIC}\``);
  const extra = lines[0]?.startsWith('extra ') === true ? base64Of(lines.shift()?.slice('extra '.length)) : undefined;
  const index = indexOf(lines.shift());
  if (lines.length > MAX_PATH) throw malformed(`its path has more than ${MAX_PATH} hashes`);
  return { extra, index, path: lines.map(hashOf), checkpoint: text.slice(split + 2) };
}

/** The checkpoint of what somebody kept: itself, or the one in a receipt. @throws VerifyError `verify.receipt_malformed` */
export function checkpointIn(kept: string): string {
  return kept.startsWith(`${MAGIC}\n`) ? parseTlogProof(kept).checkpoint : kept;
}

function indexOf(line: string | undefined): number {
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(line ?? '') ?? [];
  if (digits === undefined || !Number.isSafeInteger(Number(digits))) throw malformed('it has no line `index <number>` where one must be');
  return Number(digits);
}

function base64Of(text = ''): Buffer {
  return strictBase64(text) ?? fail('its `extra` is not base64');
}

function hashOf(line: string): Buffer {
  const hash = strictBase64(line);
  return hash?.length === 32 ? hash : fail(`\`${line.slice(0, 80)}\` is not a hash in base64`);
}

function fail(why: string): never {
  throw malformed(why);
}

function malformed(why: string): VerifyError {
  return new VerifyError('verify.receipt_malformed', `this is no tlog-proof: ${why}`, {
    remedy: 'give the receipt as it was handed out, unchanged',
  });
}
