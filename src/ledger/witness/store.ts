import type { Trx } from '../../storage/index.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Cosignature } from './cosignature.ts';

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

/** The newest checkpoints below a size that any witness cosigned, newest first. */
export async function cosignedCheckpoints(trx: Trx, log: string, below: number, limit: number): Promise<Checkpoint[]> {
  const rows = await trx
    .selectFrom('ledger_checkpoint as c')
    .select(['c.size', 'c.note'])
    .where('c.tenant', '=', log)
    .where('c.size', '<', BigInt(below))
    .where((where) =>
      where.exists(
        where
          .selectFrom('ledger_cosignature as s')
          .select('s.witness')
          .whereRef('s.tenant', '=', 'c.tenant')
          .whereRef('s.size', '=', 'c.size'),
      ),
    )
    .orderBy('c.size', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ size: Number(row.size), note: row.note }));
}
