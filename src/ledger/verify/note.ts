import { strictBase64 } from './base64.ts';
import { VerifyError } from './errors.ts';
import { isKeyName } from './verifier-key.ts';

export type NoteSignature = {
  readonly name: string;
  /** Lower-case hex of the four bytes. */
  readonly keyId: string;
  readonly signature: Buffer;
};
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** Room for a hundred signatures, also post-quantum ones of 5 kB each. */
const MAX_NOTE_LENGTH = 600_000;
const MAX_SIGNATURES = 100;

/**
 * Reads a signed note (https://c2sp.org/signed-note) and verifies nothing:
 *
 *     text "\n" ( "— " name " " base64(keyID ‖ signature) "\n" )+        text ends in a newline of its own
 *
 * One malformed signature line makes the whole note malformed; whose keys are unknown is left to the caller to ignore.
 *
 * @throws VerifyError `verify.checkpoint_malformed`
 */
export function parseNote(note: string): Note {
  if (note.length > MAX_NOTE_LENGTH) throw malformed(`it is longer than ${MAX_NOTE_LENGTH} characters`);
  if (!note.isWellFormed() || holdsControls(note)) throw malformed('it holds what a note may not hold');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw malformed('it has no signature block');
  const lines = note.slice(split + 2).split('\n');
  lines.pop(); // after the last newline
  if (lines.length === 0) throw malformed('it has no signature');
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/** Those below U+0020, other than the newline. */
function holdsControls(note: string): boolean {
  for (let at = 0; at < note.length; at += 1) {
    const code = note.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(' ');
  const bytes = base64 === undefined ? undefined : strictBase64(base64);
  if (dash !== '—' || name === undefined || !isKeyName(name) || bytes === undefined || bytes.length < 5 || rest.length > 0) {
    throw malformed(`\`${line.slice(0, 80)}\` is no signature line`);
  }
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

export function malformed(why: string): VerifyError {
  return new VerifyError('verify.checkpoint_malformed', `the checkpoint is not a signed note: ${why}`);
}
