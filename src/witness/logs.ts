import { isSignedBy, type NoteKey, parseNoteKey, type SignedNote } from '../core/index.ts';
import { WitnessError } from './errors.ts';

/** The logs that a witness watches: the keys of each origin. A log in the middle of a key rotation has two. */
export type Logs = ReadonlyMap<string, readonly NoteKey[]>;

/** The name of a log's key is its origin. @throws WitnessError `witness.log_key_malformed` */
export function parseLogs(vkeys: readonly string[]): Logs {
  const keys = vkeys.map((vkey) => {
    const key = parseNoteKey(vkey);
    if (key !== undefined) return key;
    throw new WitnessError('witness.log_key_malformed', `\`${vkey}\` is not the verifier key of a log`, {
      remedy: 'give it as the log publishes it, `log.vkey` in an export: name+key id+base64 of an Ed25519 key',
    });
  });
  return Map.groupBy(keys, (key) => key.name);
}

/**
 * The signature lines of a note that are valid under a log's keys. Undefined when there is none, or when one claims to be of such a key
 * and is not valid; lines of other keys are ignored (https://c2sp.org/tlog-witness).
 */
export function signaturesOf({ text, signatures }: SignedNote, keys: readonly NoteKey[]): readonly string[] | undefined {
  const valid: string[] = [];
  for (const { name, id, signature, line } of signatures) {
    const key = keys.find((candidate) => candidate.name === name && candidate.id.equals(id));
    if (key === undefined) continue;
    if (!isSignedBy(key, text, signature)) return undefined;
    valid.push(line);
  }
  return valid.length === 0 ? undefined : valid;
}
