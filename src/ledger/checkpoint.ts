import {
  type CheckpointBody,
  canonicalBytes,
  isJsonObject,
  type Json,
  type JsonObject,
  parseCheckpointBody,
  parseNote,
  type TenantId,
} from '../core/index.ts';
import type { Database, Trx } from '../storage/index.ts';
import type { Anchor } from './anchor.ts';
import { assertDurable } from './durable.ts';
import { LedgerError } from './errors.ts';
import type { LedgerKey } from './keys.ts';
import { checkpointText, type NoteSigner, signNote } from './note.ts';
import { type NodeReader, treeRoot } from './proof.ts';
import { ledgerNotice } from './sequence.ts';
import { keepCheckpoints } from './signing-store.ts';
import {
  hasCheckpointOf,
  keepRotation,
  latestCheckpoint,
  leavesOfType,
  lockSigning,
  readHead,
  readTile,
  type Signed,
  type Waiting,
} from './store.ts';
import { memoised, nodesFromTiles } from './tiles.ts';

export type Checkpoint = { readonly size: number; readonly note: string };

/** A log's origin: the first line of its checkpoints and the name of its signing key. */
export function originOf(originPrefix: string, log: string): string {
  return `${originPrefix}/${log}`;
}

export type Signing = { readonly database: Database; readonly key: LedgerKey; readonly originPrefix: string; readonly anchor: Anchor };

/** Gives entries of the ledger's own their places, in transactions of their own. */
export type Place = (log: TenantId, entries: readonly Waiting[]) => Promise<unknown>;

/**
 * Signs the head of a log if no checkpoint has it yet. Called after the batch is committed, never inside it: what is signed
 * is durable. What does not continue the trees signed before is refused: fewer entries (a restored backup), or another history
 * under the same numbers. What was signed before is known from the database and, for who altered that, from a file beside it, in which
 * the caller keeps what this answers with.
 *
 * @throws LedgerError `ledger.inconsistent`, `ledger.key_retired`, `ledger.not_durable`
 */
export function signHead(signing: Signing, log: TenantId, place: Place): Promise<Checkpoint | undefined> {
  return signing.database.transaction(log, (trx) => signInside(trx, signing, log, place));
}

async function signInside(trx: Trx, signing: Signing, log: TenantId, place: Place): Promise<Checkpoint | undefined> {
  const signer = signing.key.signerFor(originOf(signing.originPrefix, log));
  const latest = await latestCheckpoint(trx, log);
  const signed = await lockSigning(trx, log, firstSigned(signing.key, signer, latest));
  if ((await readHead(trx, log))?.size === signed.size) return undefined; // another signer was here, or nothing moved
  const epoch = await newEpoch(trx, signing, log, signer.name);
  const signers: Signers = epoch === undefined ? signersFor(signing.key, signer, signed) : [signer];
  const announcement = epoch ?? (signers.length > 1 ? rotation(signed, signer) : undefined);
  if (announcement !== undefined) await announce(trx, log, signed.size, announcement, place);
  const head = await readHead(trx, log); // after what was announced, which it must cover
  if (head === undefined) return undefined;
  const nodes = nodesFromTiles(memoised((level, index) => readTile(trx, log, level, index)));
  await assertWhole(signing, log, { ...head, origin: signer.name, latest: (await latestCheckpoint(trx, log))?.note }, nodes);
  await assertDurable(trx, log);
  const note = signNote(checkpointText(signer.name, head.size, head.root), signers);
  await keepCheckpoints(trx, [{ log, size: head.size, note, verifierKey: signer.verifierKey }]);
  if (signers.length > 1) await keepRotation(trx, log, head.size, note);
  return { size: head.size, note };
}

/** What the row of signers says when it is made: of a log that was signed before there was one, who signed it. */
function firstSigned(key: LedgerKey, signer: NoteSigner, latest: Checkpoint | undefined): Signed {
  if (latest === undefined) return { verifierKey: signer.verifierKey, size: 0 };
  return { verifierKey: key.signerOf(signer.name, latest.note)?.verifierKey ?? 'unknown', size: latest.size };
}

type Signers = [NoteSigner, ...NoteSigner[]];

/**
 * The entry with which a log goes on under another origin, as after a restore: it names the last checkpoint of the former one that is
 * known, also where the database has lost it. Undefined while the origin stays. An origin that was left is never taken up again.
 */
async function newEpoch(trx: Trx, { anchor }: Signing, log: TenantId, origin: string): Promise<Announcement | undefined> {
  const latest = (await latestCheckpoint(trx, log))?.note;
  if (latest === undefined || !isOfAnother(origin, latest)) return undefined;
  if (await hasCheckpointOf(trx, log, origin)) throw inconsistent(log, `it has left the origin \`${origin}\``);
  const kept = anchor.read(log);
  const checkpoint = kept !== undefined && isOfAnother(origin, kept) ? kept : latest;
  return { type: 'ledger.epoch_started', data: { from: signedIn(checkpoint)?.origin ?? '', to: origin, checkpoint } };
}

/** What is no checkpoint at all is of no other origin: it is not to be passed over. */
export function isOfAnother(origin: string, note: string): boolean {
  const signed = signedIn(note);
  return signed !== undefined && signed.origin !== origin;
}

export function signedIn(note: string): CheckpointBody | undefined {
  return parseCheckpointBody(parseNote(note)?.text ?? '');
}

/** Who signs: the current key, and beside it the former one when it hands the log over. @throws LedgerError `ledger.key_retired` */
function signersFor(key: LedgerKey, current: NoteSigner, signed: Signed): Signers {
  if (signed.verifierKey === current.verifierKey) return [current];
  const former = key.signerNamed(current.name, signed.verifierKey);
  if (former !== undefined) return [former, current];
  throw new LedgerError('ledger.key_retired', `\`${current.name}\` is signed by \`${signed.verifierKey}\`, whose key is not here`, {
    remedy: 'put that key behind the current one in the key file, or give this gateway the key that the others have',
  });
}

/** What is to be told in the log itself before it is signed otherwise than so far. */
type Announcement = { readonly type: string; readonly data: JsonObject };

function rotation({ verifierKey: from }: Signed, { verifierKey: to }: NoteSigner): Announcement {
  return { type: 'ledger.key_rotated', data: { from, to } };
}

/**
 * Has the entry placed, unless an attempt before did it that came to no signature: an entry moves the head, and a head that moved is
 * signed anew, so a log that cannot be signed would grow by one an attempt for ever. `signed`: how many entries have a signature.
 */
async function announce(trx: Trx, log: TenantId, signed: number, { type, data }: Announcement, place: Place): Promise<void> {
  const wanted = canonicalBytes(data);
  const before = await leavesOfType(trx, log, type, signed);
  if (!before.some(({ body }) => canonicalBytes(dataOf(body)).equals(wanted))) {
    await place(log, [ledgerNotice(log, { type, data, now: new Date() })]);
  }
}

function dataOf(body: Buffer): Json {
  const entry: Json = JSON.parse(body.toString('utf8'));
  return isJsonObject(entry) ? (entry['data'] ?? null) : null;
}

type Head = { readonly size: number; readonly root: Buffer; readonly origin: string; readonly latest: string | undefined };

/** Holds a head against its tiles and against what was signed before. @throws LedgerError `ledger.inconsistent` */
export async function assertWhole({ anchor }: Signing, log: TenantId, head: Head, read: NodeReader): Promise<void> {
  const nodes = memoised(read);
  const kept = anchor.read(log);
  const own = kept !== undefined && isOfAnother(head.origin, kept) ? undefined : kept; // under another origin another history may go on
  const before = new Set([head.latest, own]); // one and the same, as a rule
  for (const note of before) if (note !== undefined) await assertContinues(log, note, head.size, nodes);
  if (!head.root.equals(await treeRoot(head.size, nodes))) throw inconsistent(log, 'the root of its head is not the root of its tiles');
}

async function assertContinues(log: TenantId, note: string, size: number, nodes: NodeReader): Promise<void> {
  const signed = signedIn(note);
  // An empty file is what a power failure may leave; without this its size is no number, and its tree has no end.
  if (signed === undefined) throw inconsistent(log, 'what it remembers as signed before is no checkpoint');
  if (size < signed.size) throw inconsistent(log, `it has ${size} entries but a checkpoint for ${signed.size} was signed`);
  if (!signed.root.equals(await treeRoot(signed.size, nodes)))
    throw inconsistent(log, `its first ${signed.size} entries are not the ones that were signed`);
}

function inconsistent(log: TenantId, why: string): LedgerError {
  return new LedgerError('ledger.inconsistent', `log \`${log}\` will not be signed: ${why}`, {
    remedy: 'the database was restored or altered: keep the signed checkpoints and find out; docs/ledger-format.md says how to go on',
  });
}
