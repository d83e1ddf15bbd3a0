import { sql } from 'kysely';
import type { Trx } from '../storage/index.ts';
import { numbers, texts } from './columns.ts';
import { lockLogs } from './lock-logs.ts';
import type { TileName } from './tiles.ts';

/** A log whose signers' row this transaction holds: who signed it last and what, and its head. */
export type Signable = {
  readonly verifierKey: string;
  readonly signed: number;
  readonly latest: string;
  readonly size: number;
  readonly root: Buffer;
};

type SignableRecord = { tenant: string; verifier_key: string; signed: bigint; latest: string; size: bigint; root: Buffer };

/** Takes the signers' rows of logs into its hand, see `lockLogs`. Not in the answer is a log without such a row, or whose row another holds. */
export async function takeSignable(trx: Trx, logs: readonly string[]): Promise<Map<string, Signable>> {
  await lockLogs(trx, 'ledger_signing', logs, 'skip');
  const { rows } = await sql<SignableRecord>`
    select s.tenant, s.verifier_key, s.size as signed, c.note as latest, h.size, h.root from ledger_signing s
    join ledger_head h on h.tenant = s.tenant
    join lateral (select note from ledger_checkpoint where tenant = s.tenant order by size desc limit 1) c on true
    where s.tenant = any(${[...logs]}::text[])`.execute(trx);
  return new Map(
    rows.map(({ tenant, verifier_key: verifierKey, signed, latest, size, root }) => [
      tenant,
      { verifierKey, signed: Number(signed), latest, size: Number(size), root },
    ]),
  );
}

/** Tiles by `<log>/<level>/<index>`; those that are not there are missing. */
export async function readTiles(trx: Trx, names: readonly (TileName & { readonly log: string })[]): Promise<Map<string, Buffer>> {
  const { rows } = await sql<{ name: string; hashes: Buffer }>`
    select concat_ws('/', t.tenant, t.level, t.index) as name, t.hashes
    from unnest(
      ${texts(names.map(({ log }) => log))}, ${numbers(names.map(({ level }) => level))}, ${numbers(names.map(({ index }) => index))}
    ) as n (log, level, index)
    cross join lateral (select * from ledger_tile where tenant = n.log and level = n.level and index = n.index limit 1) t`.execute(trx);
  return new Map(rows.map(({ name, hashes }) => [name, hashes]));
}

/** What was signed of a log, and whose signature counts for it from now on. */
export type Kept = { readonly log: string; readonly size: number; readonly note: string; readonly verifierKey: string };

export async function keepCheckpoints(trx: Trx, signed: readonly Kept[]): Promise<void> {
  await sql`
    with signed as (
      select * from unnest(
        ${texts(signed.map(({ log }) => log))}, ${numbers(signed.map(({ size }) => size))}, ${texts(signed.map(({ note }) => note))},
        ${texts(signed.map(({ verifierKey }) => verifierKey))}
      ) as n (log, size, note, verifier_key)
    ), kept as (
      insert into ledger_checkpoint (tenant, size, note) select log, size, note from signed on conflict do nothing
    )
    update ledger_signing s set size = signed.size, verifier_key = signed.verifier_key from signed where s.tenant = signed.log`.execute(
    trx,
  );
}
