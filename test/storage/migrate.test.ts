import { expect, test } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { migrate } from '../../src/storage/index.ts';
import { migrations } from '../../src/storage/migrations/index.ts';
import { refusalOf } from '../support/errors.ts';
import { connected, emptyDatabase, query } from '../support/postgres.ts';

const names = migrations.map(({ name }) => ({ name }));
const applied = (url: string) => query(url, 'select name from schema_migration order by name');

/** Everything that migrations make, in a form to compare: columns, indexes, constraints, policies, grants, functions. */
async function schemaOf(url: string) {
  return connected(url, async (client) => {
    const parts = [
      `select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by 1, 2`,
      `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`,
      `select conrelid::regclass::text as table, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
      `select tablename, policyname, cmd, qual, with_check from pg_policies order by 1, 2`,
      `select relname, relrowsecurity, relacl::text from pg_class where relnamespace = 'public'::regnamespace order by 1`,
      `select proname, prosecdef, proacl::text from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
    ];
    const answers: unknown[] = [];
    for (const part of parts) answers.push((await client.query(part)).rows);
    return answers;
  });
}

test('20 starters at once on one empty database: all succeed, each migration is applied once, the schema is that of one', async () => {
  const [raced, alone] = [await emptyDatabase(), await emptyDatabase()];
  await Promise.all(Array.from({ length: 20 }, () => migrate(raced.ownerUrl)));
  await migrate(alone.ownerUrl);
  expect(await applied(raced.ownerUrl)).toEqual(names);
  expect(await schemaOf(raced.ownerUrl)).toEqual(await schemaOf(alone.ownerUrl));
});

test('20 starters on 5 empty databases of one server at once: roles are shared by all of them and break none', async () => {
  const databases = await Promise.all(Array.from({ length: 5 }, emptyDatabase));
  await Promise.all(databases.flatMap(({ ownerUrl }) => Array.from({ length: 4 }, () => migrate(ownerUrl))));
  for (const { ownerUrl } of databases) expect(await applied(ownerUrl)).toEqual(names);
});

test('a starter that comes later changes nothing', async () => {
  const { ownerUrl } = await emptyDatabase();
  await migrate(ownerUrl);
  const history = () => query(ownerUrl, 'select * from schema_migration order by name');
  const before = [await history(), await schemaOf(ownerUrl)];
  await migrate(ownerUrl);
  expect([await history(), await schemaOf(ownerUrl)]).toEqual(before);
});

test('a migration that was applied with other contents is refused, and nothing of the start is kept', async () => {
  const { ownerUrl } = await emptyDatabase();
  await migrate(ownerUrl);
  const [first, second] = names;
  await query(ownerUrl, `update schema_migration set digest = 'sha256:00' where name = $1`, [second?.name]);
  await query(ownerUrl, 'delete from schema_migration where name = $1', [first?.name]);
  const refusal = await refusalOf(migrate(ownerUrl));
  expect([refusal.code, refusal.message]).toEqual(['storage.conflict', `migration \`${second?.name}\` was applied with other contents`]);
  expect(await applied(ownerUrl)).toEqual(names.slice(1));
});

test('a migration that fails half-way leaves no table and no record', async () => {
  const { ownerUrl } = await emptyDatabase();
  await query(ownerUrl, 'create table orchestration (in_the_way int)'); // the second migration meets it after it has made two tables
  await expect(migrate(ownerUrl)).rejects.toThrow('relation "orchestration" already exists');
  expect(await query(ownerUrl, `select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([
    { relname: 'orchestration' },
  ]);
});

/** A database that was migrated by one of these is refused when it differs: whoever runs us could not go on. */
const shipped = {
  '0001-ledger': 'sha256:8a2df6c0e2a78e12ea913cb0033976c3baa272a6a41593993145560e3967ddd0',
  '0002-incidents': 'sha256:3531bda46d42ed81058cc063359898d1fd0c9c637f8aecc412a340b2bb9eb92f',
  '0003-break-glass': 'sha256:699798c30fd82e927a54d33b80ea2b2e515b62ed634d9088bc347d1a6473aa9e',
  '0004-policies': 'sha256:ad6c1d0269aab51f75d66239e7a7b1783e78d7fa23882ae28b1e65a9a0932852',
  '0005-ledger-strength': 'sha256:c71bcb59f3550d22868577a9246e070fd8d7d13fe996b8f093a0ab4f7689050c',
  '0006-vault': 'sha256:64f8531b8318477fa8949b4d4b82bb7f01e318e57db1f798bdb5ccb12a263ddd',
  '0007-ledger-query': 'sha256:4f297c6055891c03b8a67df105d11405e6324fcd64de1b41920b078ecdac999e',
  '0008-witness': 'sha256:01818831cd9adbb3a49165eeabf9f79c3917c387a37137b3e84855e12d4e9b57',
  '0009-ledger-health': 'sha256:78b1615907bd00fbc44313a957c68e608ea84f284a0a0d08031fe1dd7b987245',
  '0010-evidence': 'sha256:71cd61c8bbfa89e9e71258f4746898b664e9d54baddb4fc83c7a59514bec455c',
  '0011-ledger-together': 'sha256:f228769bc067a67ef61be574ebfb8e22f2b4943e64d30b1a7b78289806da171d',
};

test('a migration that has shipped is as it shipped', () => {
  const digests = migrations.map(({ name, sql }) => [name, digestOf(Buffer.from(sql, 'utf8'))]);
  expect(Object.fromEntries(digests)).toMatchObject(shipped);
});
