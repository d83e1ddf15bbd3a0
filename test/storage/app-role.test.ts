import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';

let db: TestDatabase;

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

/** As the application's role, with a tenant set or not; rolled back at the end. */
async function asApp<T>(
  tenant: string | undefined,
  work: (run: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>) => Promise<T>,
) {
  return connected(db.appUrl, async (client) => {
    await client.query('begin');
    if (tenant !== undefined) await client.query(`select set_config('countersign.tenant', $1, true)`, [tenant]);
    return work(async (text, values = []) => (await client.query<Record<string, unknown>>(text, values)).rows);
  });
}

describe('the application role', () => {
  test('is bound by every lock: no superuser, no bypass, no role or database of its making', async () => {
    const rows = await query(
      db.ownerUrl,
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'countersign_app'`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false }]);
  });

  test('owns nothing and is a member of nothing', async () => {
    expect(
      await query(
        db.ownerUrl,
        `select objid::regclass::text from pg_shdepend where refobjid = 'countersign_app'::regrole and deptype = 'o'`,
      ),
    ).toEqual([]);
    expect(await query(db.ownerUrl, `select roleid::regrole::text from pg_auth_members where member = 'countersign_app'::regrole`)).toEqual(
      [],
    );
  });

  test('holds exactly these privileges', async () => {
    const rows = await query(
      db.ownerUrl,
      `select table_name || ': ' || string_agg(lower(privilege_type), ', ' order by privilege_type) as grants
       from information_schema.role_table_grants where grantee = 'countersign_app' group by table_name order by table_name`,
    );
    expect(rows.map((row) => row['grants'])).toEqual([
      'alert: insert, select, update',
      'approval: insert, select',
      'break_glass: insert, select',
      'break_glass_review: insert, select',
      'evidence_blob: delete, insert, select',
      'evidence_bundle: insert, select',
      'evidence_bundle_file: insert, select',
      'evidence_chunk: delete, insert, select',
      'evidence_file: delete, insert, select',
      'evidence_promotion: insert, select',
      'evidence_registration: insert, select',
      'evidence_waiver: insert, select',
      'flag: insert, select, update',
      'idempotency_key: insert, select',
      'incident: insert, select, update',
      'ledger_archive: select',
      'ledger_checkpoint: insert, select',
      'ledger_cosignature: insert, select, update',
      'ledger_disclosure: delete, insert, select',
      'ledger_head: insert, select, update',
      'ledger_leaf: insert, select',
      'ledger_outbox: delete, insert, select',
      'ledger_quarantine: insert, select',
      'ledger_rotation: insert, select',
      'ledger_signing: insert, select, update',
      'ledger_subject: insert, select',
      'ledger_tile: insert, select, update',
      'ledger_witness: insert, select, update',
      'orchestration: insert, select, update',
      'policy_activation: insert, select',
      'policy_bundle: insert, select, update',
      'policy_divergence: insert, select',
      'policy_proposal: delete, insert, select',
      'subject_key: delete, insert, select',
    ]);
  });

  test.each([
    [`update ledger_leaf set body = body`, 'permission denied for table ledger_leaf'],
    [`delete from ledger_leaf`, 'permission denied for table ledger_leaf'],
    [`truncate ledger_leaf`, 'permission denied for table ledger_leaf'],
    [`update ledger_checkpoint set note = note`, 'permission denied for table ledger_checkpoint'],
    [`delete from ledger_checkpoint`, 'permission denied for table ledger_checkpoint'],
    [`insert into ledger_archive select * from ledger_archive`, 'permission denied for table ledger_archive'],
    [`delete from ledger_archive`, 'permission denied for table ledger_archive'],
    [`delete from ledger_head`, 'permission denied for table ledger_head'],
    [`update ledger_outbox set body = body`, 'permission denied for table ledger_outbox'],
    [`update ledger_subject set seq = seq`, 'permission denied for table ledger_subject'],
    [`update approval set actor = actor`, 'permission denied for table approval'],
    [`update subject_key set subject = subject`, 'permission denied for table subject_key'],
    [`update ledger_disclosure set sealed = sealed`, 'permission denied for table ledger_disclosure'],
    [`truncate subject_key`, 'permission denied for table subject_key'],
    [`update idempotency_key set request_digest = request_digest`, 'permission denied for table idempotency_key'],
    [`update evidence_bundle set verdict = 'PASSED'`, 'permission denied for table evidence_bundle'],
    [`delete from evidence_waiver`, 'permission denied for table evidence_waiver'],
    [`update evidence_file set digest = digest`, 'permission denied for table evidence_file'],
    [`create table mine (a int)`, 'permission denied for schema public'],
    [`create schema mine`, 'permission denied for database'],
    [`alter table ledger_leaf disable row level security`, 'must be owner of table ledger_leaf'],
    [`drop policy tenant_isolation on ledger_leaf`, 'must be owner of relation ledger_leaf'],
    [`insert into schema_migration (name, digest) values ('x', 'y')`, 'permission denied for table schema_migration'],
  ])('is refused: %s', async (statement, message) => {
    await expect(asApp('acme', (run) => run(statement))).rejects.toThrow(message);
  });
});

/** Every table of ours with a tenant column, from the catalogue: a new table is in this test without being named here. */
async function tenantTables(): Promise<string[]> {
  const rows = await query(
    db.ownerUrl,
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
  return rows.map((row) => String(row['name']));
}

/** A statement that writes one row of a tenant, whatever the table's columns are; checks and foreign keys are off for the owner. */
async function insertAnything(table: string): Promise<string> {
  const columns = await query(
    db.ownerUrl,
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_nullable = 'NO' and is_identity = 'NO' and column_name <> 'tenant'`,
    [table],
  );
  const values = columns.map(({ name, type }) => allowed[`${table}.${name}`] ?? samples[String(type)] ?? `no sample of ${type}`);
  return `insert into ${table} (tenant, ${columns.map((column) => `"${column['name']}"`).join(', ')}) values ($1, ${values.join(', ')})`;
}

const samples: Record<string, string> = {
  text: `'x'`,
  bigint: '0',
  smallint: '0',
  integer: '0',
  bytea: `'\\x00'`,
  boolean: 'true',
  ARRAY: `array['x']`,
  'timestamp with time zone': `'2026-01-01T00:00:00Z'`,
};
const allowed: Record<string, string> = {
  'incident.status': `'DETECTED'`,
  'incident.severity': `'P1'`,
  'alert.status': `'FIRING'`,
  'orchestration.stage': `'SUGGEST'`,
  'orchestration.status': `'PROPOSED'`,
  'approval.verdict': `'APPROVED'`,
  'break_glass.expires_at': `'2026-01-01T01:00:00Z'`,
  'break_glass_review.verdict': `'JUSTIFIED'`,
  'evidence_bundle.position': '1',
  'evidence_bundle.verdict': `'PASSED'`,
  'evidence_promotion.position': '1',
  'ledger_archive.first': '0',
  'ledger_archive.until': '256',
  'ledger_quarantine.reason': `'seal'`,
  'policy_proposal.action': `'policy.publish'`,
  'policy_activation.position': '1',
  'policy_activation.action': `'policy.publish'`,
  'policy_activation.confirmed_by': `'y'`,
};

describe('row-level security', () => {
  let tables: string[];

  beforeAll(async () => {
    tables = await tenantTables();
    await connected(db.ownerUrl, async (client) => {
      await client.query('set session_replication_role = replica'); // no foreign keys: one row a table is enough
      for (const table of tables) {
        for (const tenant of ['acme', 'globex']) await client.query(await insertAnything(table), [tenant]);
      }
    });
  });

  test('is on for every table with a tenant column, and only the history of migrations has none', async () => {
    const rows = await query(
      db.ownerUrl,
      `select relname, relrowsecurity, (select count(*) from pg_policies p where p.tablename = relname) as policies
       from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    expect(rows.filter((row) => !row['relrowsecurity'])).toEqual([{ relname: 'schema_migration', relrowsecurity: false, policies: '0' }]);
    expect(rows.filter((row) => row['policies'] === '1').map((row) => row['relname'])).toEqual(tables);
    expect(tables).toContain('ledger_leaf');
  });

  test('shows a transaction its own tenant and nothing of another', async () => {
    for (const table of tables) {
      const seen = await asApp('acme', (run) => run(`select tenant from ${table}`));
      expect([table, seen]).toEqual([table, [{ tenant: 'acme' }]]);
    }
  });

  test('shows nothing to a transaction that has set no tenant', async () => {
    for (const table of tables) expect([table, await asApp(undefined, (run) => run(`select tenant from ${table}`))]).toEqual([table, []]);
  });

  test.each([['acme'], [undefined], ['']])('refuses a transaction of tenant `%s` to write a row of another', async (tenant) => {
    for (const table of tables) {
      const statement = await insertAnything(table);
      await expect(
        asApp(tenant, (run) => run(statement, ['initech'])),
        table,
      ).rejects.toThrow(
        table === 'ledger_archive'
          ? `permission denied for table ${table}`
          : `new row violates row-level security policy for table "${table}"`,
      );
    }
  });

  test('keeps updates and deletes away from the rows of another', async () => {
    const updates = await query(
      db.ownerUrl,
      `select table_name as table, min(column_name) as column from information_schema.role_column_grants
       where grantee = 'countersign_app' and privilege_type = 'UPDATE' group by 1`,
    );
    expect(updates.length).toBeGreaterThan(5);
    for (const { table, column } of updates) {
      const changed = await asApp('acme', (run) =>
        run(`update ${table} set "${column}" = "${column}" where tenant = 'globex' returning tenant`),
      );
      expect([table, changed]).toEqual([table, []]);
      const moved = asApp('acme', (run) => run(`update ${table} set tenant = 'globex'`));
      await expect(moved, String(table)).rejects.toThrow(/row-level security|permission denied/);
    }
    expect(await asApp('acme', (run) => run(`delete from ledger_outbox where tenant = 'globex' returning tenant`))).toEqual([]);
  });

  test('forgets the tenant with the transaction: the next one on the same connection sees nothing', async () => {
    await connected(db.appUrl, async (client) => {
      await client.query('begin');
      await client.query(`select set_config('countersign.tenant', 'acme', true)`);
      await client.query('commit');
      expect((await client.query('select * from ledger_leaf')).rows).toEqual([]);
    });
  });
});
