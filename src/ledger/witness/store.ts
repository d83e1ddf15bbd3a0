import { sql } from 'kysely';
import type { Trx } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Cosignature } from './cosignature.ts';

/** How many checkpoints are looked at together. */
const PAGE = 16;

export type StoredCosignature = { readonly witness: string; readonly line: string; readonly at: Date };

/** The size that each witness confirmed last. */
export async function confirmedSizes(trx: Trx, log: string): Promise<ReadonlyMap<string, number>> {
  const rows = await trx.selectFrom('ledger_witness').selectAll().where('tenant', '=', log).execute();
  return new Map(rows.map((row) => [row.witness, Number(row.size)]));
}

/** Where a witness says that it stands: also when that is less than we thought, for it may have been set up anew. */
export async function rememberSize(trx: Trx, log: string, witness: string, size: number): Promise<void> {
  await trx
    .insertInto('ledger_witness')
    .values({ tenant: log, witness, size: BigInt(size) })
    .onConflict((conflict) => conflict.columns(['tenant', 'witness']).doUpdateSet((set) => ({ size: set.ref('excluded.size') })))
    .execute();
}

export async function keepCosignature(trx: Trx, log: string, size: number, witness: string, { line, at }: Cosignature): Promise<void> {
  await trx
    .insertInto('ledger_cosignature')
    .values({ tenant: log, size: BigInt(size), witness, line, at })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant', 'size', 'witness'])
        .doUpdateSet((set) => ({ line: set.ref('excluded.line'), at: set.ref('excluded.at') })),
    )
    .execute();
}

export async function cosignaturesAt(trx: Trx, log: string, size: number): Promise<StoredCosignature[]> {
  const rows = await trx
    .selectFrom('ledger_cosignature')
    .select(['witness', 'line', 'at'])
    .where('tenant', '=', log)
    .where('size', '=', BigInt(size))
    .orderBy('witness')
    .execute();
  return rows;
}

export type Quorum = { readonly names: readonly string[]; readonly quorum: number };

/** The newest checkpoints below a size that enough of these witnesses cosigned, newest first. */
export async function cosignedCheckpoints(trx: Trx, log: string, below: number, { names, quorum }: Quorum): Promise<Checkpoint[]> {
  const { rows } = await sql<{ size: bigint; note: string }>`
    select c.size, c.note from (
      select size from ledger_cosignature
      where tenant = ${log} and size < ${String(below)}::bigint and witness = any(${[...names]}::text[])
      group by size having count(*) >= ${quorum} order by size desc limit ${PAGE}
    ) s join ledger_checkpoint c on c.tenant = ${log} and c.size = s.size
    order by c.size desc`.execute(trx);
  return rows.map(({ size, note }) => ({ size: Number(size), note }));
}
