import { type NoteKey, noteAlgorithm, parseNoteKey } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';

/** A witness as the configuration names it. `url` is its submission prefix, `key` its verifier key of type 0x04. */
export type WitnessSettings = { readonly name: string; readonly url: string; readonly key: string };

export type Witness = { readonly name: string; readonly endpoint: string; readonly key: NoteKey };

/** @throws LedgerError `ledger.witness_key_malformed` */
export function parseWitness({ name, url, key }: WitnessSettings): Witness {
  const parsed = parseNoteKey(key, noteAlgorithm.cosignature);
  if (parsed !== undefined) return { name, endpoint: `${url.replace(/\/+$/, '')}/add-checkpoint`, key: parsed };
  throw new LedgerError('ledger.witness_key_malformed', `the key of witness \`${name}\` is not the verifier key of an Ed25519 cosigner`, {
    remedy: 'give the line that the witness prints at its start: name+key id+base64 of 0x04 and the public key',
  });
}
