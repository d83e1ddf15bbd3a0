import { verify } from 'node:crypto';
import { VerifyError } from './errors.ts';
import { type Note, parseNote } from './note.ts';
import { COSIGNATURE, parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** A witness that saw the checkpoint. `time`: seconds since the Unix epoch, as the witness says. */
export type Cosigned = { readonly name: string; readonly time: number };

export type WitnessPolicy = {
  /** Verifier keys of the witnesses that count. */
  readonly witnesses: readonly string[];
  /** How many of them must have signed; all of them when not given. */
  readonly quorum?: number | undefined;
};

/**
 * The cosignatures of known witnesses on a checkpoint (https://c2sp.org/tlog-cosignature, type 0x04):
 *
 *     signature = u64be(time) ‖ Ed25519( "cosignature/v1\ntime <time>\n" ‖ note text )
 *
 * @throws VerifyError `verify.witnesses_missing` when fewer than the quorum signed; `verify.signature_invalid` when one in the
 * name and id of a known witness is not valid; `verify.key_malformed`
 */
export function verifyCosignatures(note: string, { witnesses, quorum }: WitnessPolicy): Cosigned[] {
  const keys = distinct(witnesses.map((text) => parseVerifierKey(text, COSIGNATURE)));
  const parsed = parseNote(note);
  const cosigned = keys.flatMap((key) => cosignatureOf(parsed, key) ?? []);
  const needed = quorum ?? keys.length;
  if (cosigned.length >= needed) return cosigned;
  throw new VerifyError(
    'verify.witnesses_missing',
    `${cosigned.length} of ${keys.length} known witnesses signed the checkpoint, ${needed} are needed`,
  );
}

/** One key given twice is one witness. */
function distinct(keys: readonly VerifierKey[]): VerifierKey[] {
  const raw = (key: VerifierKey) => key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return [...new Map(keys.map((key) => [raw(key), key])).values()];
}

function cosignatureOf({ text, signatures }: Note, key: VerifierKey): Cosigned | undefined {
  const own = signatures.filter((line) => line.name === key.name && line.keyId === key.id);
  const times = own.map(({ signature }) => {
    const time = signature.length === 72 ? signature.readBigUInt64BE(0) : undefined;
    const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`, 'utf8');
    if (time === undefined || time > BigInt(Number.MAX_SAFE_INTEGER) || !verify(null, message, key.publicKey, signature.subarray(8))) {
      throw new VerifyError('verify.signature_invalid', `the cosignature of witness \`${key.name}\` on the checkpoint is not valid`);
    }
    return Number(time);
  });
  return times.length === 0 ? undefined : { name: key.name, time: Math.max(...times) };
}
