import type pg from 'pg';
import { tenantId } from '../core/index.ts';
import { connectOnce, type Storage } from '../storage/index.ts';
import { subjectOf, type Vault } from '../vault/index.ts';

/** Where rows hold what people wrote: the column, what names the row, and who wrote it. */
const held = [
  { table: 'orchestration', column: 'justification', row: 'id', by: 'proposed_by' },
  { table: 'approval', column: 'justification', row: 'id', by: 'actor' },
  { table: 'break_glass', column: 'justification', row: 'id', by: 'declared_by' },
  { table: 'break_glass_review', column: 'comment', row: "break_glass_id || ' ' || reviewer", by: 'reviewer' },
  { table: 'flag', column: 'reason', row: 'key', by: 'set_by' },
] as const;
type Held = (typeof held)[number];

const BATCH = 500;

type Plain = { readonly tenant: string; readonly row: string; readonly by: string; readonly text: string };

/**
 * Seals what rows hold in plain text from before there was a vault, a batch a transaction, beside running gateways. As the role that owns
 * the tables, for the application may not change what was written once. Old pages, write-ahead logs and backups still have the text
 * (docs/privacy.md).
 */
export async function sealRows({ database, ownerUrl }: Pick<Storage, 'database' | 'ownerUrl'>, vault: Vault, at: Date): Promise<number> {
  const client = await connectOnce(ownerUrl);
  const seal = ({ tenant, row, by, text }: Plain, { table, column }: Held): Promise<string> => {
    const owner = { tenant: tenantId(tenant), subject: subjectOf(by) };
    return database.transaction(owner.tenant, async (trx) => {
      const key = await vault.keyOf(trx, owner, at);
      return key.seal(text, { column: `${table}.${column}`, row });
    });
  };
  try {
    let sealed = 0;
    for (const where of held) {
      for (let plain = await readPlain(client, where); plain.length > 0; plain = await readPlain(client, where)) {
        for (const one of plain) await replace(client, where, one, await seal(one, where));
        sealed += plain.length;
      }
    }
    return sealed;
  } finally {
    await client.end();
  }
}

/** Blank text tells nothing, and what the system says of itself is nobody's. */
async function readPlain(client: pg.Client, { table, column, row, by }: Held): Promise<Plain[]> {
  const { rows } = await client.query<Plain>(
    `select tenant, ${row} as row, ${by} as by, ${column} as text from ${table}
     where ${column} !~ '^sealed1\\.[0-9a-f]{16}\\.' and btrim(${column}, E' \\t\\r\\n') <> '' and ${by} not like 'system:%' limit ${BATCH}`,
  );
  return rows;
}

/** Only where the text is still the one that was read: somebody may have set the flag anew. */
async function replace(client: pg.Client, { table, column, row }: Held, plain: Plain, sealed: string): Promise<void> {
  await client.query(`update ${table} set ${column} = $1 where tenant = $2 and ${row} = $3 and ${column} = $4`, [
    sealed,
    plain.tenant,
    plain.row,
    plain.text,
  ]);
}
