import type { TenantId } from '../core/index.ts';
import type { Trx } from '../storage/index.ts';
import { assertWhole, type Checkpoint, isOfAnother, originOf, type Signing, signedIn } from './checkpoint.ts';
import { assertDurable } from './durable.ts';
import { checkpointText, type NoteSigner, signNote } from './note.ts';
import { keepCheckpoints, readTiles, type Signable, takeSignable } from './signing-store.ts';
import { noTile } from './store.ts';
import { edgeTiles, nodesFromTiles, type TileReader } from './tiles.ts';

/**
 * Signs the heads of many logs in one transaction, as `signHead` would each of them. In the answer are the logs that are signed now, or need no
 * signature (undefined). Left out, to be signed alone, are those with which there is more to do, or something wrong: never signed before,
 * signed by another key or under another origin, locked by another signer, not whole, not to be held against what this gateway signed.
 */
export function signTogether(signing: Signing, logs: readonly TenantId[]): Promise<ReadonlyMap<TenantId, Checkpoint | undefined>> {
  return signing.database.transaction(logs, (trx) => signInside(trx, signing, logs));
}

type Due = Signable & { readonly log: TenantId; readonly signer: NoteSigner };

async function signInside(trx: Trx, signing: Signing, logs: readonly TenantId[]): Promise<Map<TenantId, Checkpoint | undefined>> {
  const found = await takeSignable(trx, logs);
  const plain = logs.flatMap((log): Due[] => {
    const signable = found.get(log);
    const signer = signing.key.signerFor(originOf(signing.originPrefix, log));
    const isPlain = signable?.verifierKey === signer.verifierKey && !isOfAnother(signer.name, signable.latest);
    return isPlain ? [{ ...signable, log, signer }] : [];
  });
  const done = new Map<TenantId, Checkpoint | undefined>(plain.map(({ log }) => [log, undefined]));
  const due = plain.filter(({ size, signed }) => size !== signed);
  const whole = await wholeOf(trx, signing, due);
  for (const { log } of due) done.delete(log);
  if (whole.length === 0) return done;
  await assertDurable(trx, whole.map(({ log }) => log).join('`, `'));
  const checkpoints = whole.map(({ log, size, root, signer }) => {
    return { log, size, note: signNote(checkpointText(signer.name, size, root), [signer]), verifierKey: signer.verifierKey };
  });
  await keepCheckpoints(trx, checkpoints);
  for (const { log, size, note } of checkpoints) done.set(log, { size, note });
  return done;
}

/** Those that hold against their tiles and what was signed before. */
async function wholeOf(trx: Trx, signing: Signing, due: readonly Due[]): Promise<Due[]> {
  const tiles = await readTiles(
    trx,
    due.flatMap(({ log, size, latest }) => {
      const before = [latest, keptOf(signing, log)].map((note) => signedIn(note)?.size ?? 0);
      return [...new Set([size, ...before])].flatMap(edgeTiles).map((tile) => ({ log, ...tile }));
    }),
  );
  const checked = due.map(async (one) => {
    const read: TileReader = (level, index) => {
      const hashes = tiles.get(`${one.log}/${level}/${index}`);
      return hashes === undefined ? Promise.reject(noTile(one.log, level, index)) : Promise.resolve(hashes);
    };
    await assertWhole(signing, one.log, { ...one, origin: one.signer.name }, nodesFromTiles(read));
    return one;
  });
  return (await Promise.allSettled(checked)).flatMap((check) => (check.status === 'fulfilled' ? [check.value] : []));
}

/** What this gateway signed last, to know which tiles that takes. Where it cannot be read, `assertWhole` fails, for that log alone. */
function keptOf({ anchor }: Signing, log: TenantId): string {
  try {
    return anchor.read(log) ?? '';
  } catch {
    return '';
  }
}
