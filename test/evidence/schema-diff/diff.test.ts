import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/core/index.ts';
import { diffGraphql, diffSql } from '../../../src/evidence/index.ts';
import { graphqlChanges } from '../../../src/evidence/schema-diff/graphql.ts';
import { describeSchema } from '../../../src/evidence/schema-diff/sql/catalog.ts';
import type { DescribeAll } from '../../../src/evidence/schema-diff/sql/databases.ts';
import { refusalOf } from '../../support/errors.ts';
import { connected, emptyDatabase } from '../../support/postgres.ts';
import { temporaryFolder, write } from '../fixture.ts';
import { migrating, writeProject } from './project.ts';

const root = temporaryFolder();
const project = join(root.path, 'project');
afterAll(() => root.remove());

const first = 'type Query { a: Int, b(x: Int): String, c: E } enum E { X }';
const second = 'type Query { a: Int!, b(x: Int!): String, c: E } enum E { X Y }';
let commits: string[];
beforeAll(() => {
  ({ commits } = writeProject(
    project,
    { 'api/schema.graphql': first, 'db/migrate.mjs': migrating('create table a (id integer primary key, gone text)') },
    { 'api/schema.graphql': second, 'db/migrate.mjs': migrating('create table a (id bigint primary key)', 'create table b ()') },
    { 'api/schema.graphql': `${second} scalar New`, 'db/migrate.mjs': migrating('create table a (id bigint primary key)') },
  ));
});

/** On the server of the run: an own one is tried in cli.test.ts. */
const describeAll: DescribeAll = (loads) =>
  Promise.all(
    loads.map(async (load) => {
      const { ownerUrl } = await emptyDatabase();
      await load(ownerUrl);
      return connected(ownerUrl, describeSchema);
    }),
  );
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ig-evidence-tree-'));

describe('GraphQL', () => {
  const file = 'api/schema.graphql';

  it('is compared from commit to commit', async () => {
    expect(await diffGraphql({ project, from: 'v1', to: 'v2', file })).toEqual({
      from: commits[0],
      to: commits[1],
      subject: file,
      changes: [
        { criticality: 'breaking', path: 'Query.b.x', message: "Type for argument 'x' on field 'Query.b' changed from 'Int' to 'Int!'" },
        { criticality: 'dangerous', path: 'E.Y', message: "Enum value 'Y' was added to enum 'E'" },
        { criticality: 'safe', path: 'Query.a', message: "Field 'Query.a' changed type from 'Int' to 'Int!'" },
      ],
    });
  });

  it('is compared with the working tree, whose name is the digest of its text', async () => {
    expect(await diffGraphql({ project, from: 'v2', to: undefined, file })).toEqual({
      from: commits[1],
      to: digestOf(Buffer.from(`${second} scalar New`)),
      subject: file,
      changes: [{ criticality: 'safe', path: 'New', message: "Type 'New' was added" }],
    });
  });

  it('may use directives that are declared elsewhere', async () => {
    const [before, after] = [
      { name: 'a', text: 'type Query @key(fields: "a") { a: Int }' },
      { name: 'b', text: 'type Query { a: Int }' },
    ];
    expect(await graphqlChanges(before, before)).toEqual([]);
    expect((await graphqlChanges(before, after)).length).toBeGreaterThan(0);
  });

  it.each([
    [{ from: 'v9' }, 'evidence.commit_unknown', /^git does not know `v9` in `/],
    [{ from: '--output=x' }, 'evidence.commit_unknown', /^git does not know `--output=x` in `/],
    [{ file: 'none.graphql' }, 'evidence.input_unreadable', /^commit `[0-9a-f]{40}` has no file `none\.graphql`$/],
    [{ file: 'db/migrate.mjs' }, 'evidence.item_malformed', /^the GraphQL schema of `[0-9a-f]{40}` is none: Syntax Error: /],
  ])('with %j is refused', async (change, code, message) => {
    const refusal = await refusalOf(diffGraphql({ project, from: 'v1', to: 'v2', file, ...change }));
    expect([refusal.code, refusal.message, refusal.remedy]).toEqual([code, expect.stringMatching(message), expect.any(String)]);
  });
});

describe('SQL', () => {
  const module = 'db/migrate.mjs';

  it('is what the migrations of each commit make, and of the working tree', async () => {
    const before = leftovers();
    expect(await diffSql({ project, module, from: 'v1', to: 'v2' }, { describeAll })).toEqual({
      from: commits[0],
      to: commits[1],
      subject: module,
      changes: [
        { criticality: 'breaking', path: 'public.a.gone', message: 'column `public.a.gone` was removed' },
        { criticality: 'dangerous', path: 'public.a.id', message: 'column `public.a.id` has another type: `integer` → `bigint`' },
        { criticality: 'safe', path: 'public.b', message: 'table `public.b` was added' },
      ],
    });
    const tree = await diffSql({ project, module, from: 'v2', to: undefined }, { describeAll });
    expect(tree).toMatchObject({
      to: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      changes: [{ criticality: 'breaking', path: 'public.b' }],
    });
    expect(leftovers()).toEqual(before);
  });

  it('is compared from file to file, as pg_dump writes them', async () => {
    const [fromFile, toFile] = [
      write(
        join(root.path, 'a.sql'),
        '\\restrict abc\nset check_function_bodies = false;\ncreate table t (a integer);\n\\unrestrict abc\n',
      ),
      write(join(root.path, 'b.sql'), 'create table t (a integer, b text);'),
    ];
    expect(await diffSql({ fromFile, toFile }, { describeAll })).toMatchObject({
      subject: 'b.sql',
      changes: [{ criticality: 'safe', message: 'column `public.t.b` was added: `text`' }],
    });
    expect((await diffSql({ fromFile, toFile: fromFile }, { describeAll })).changes).toEqual([]);
  });

  it.each([
    [
      'a module that is not there',
      'db/none.mjs',
      undefined,
      '`db/none.mjs` does not make a schema of an empty PostgreSQL database: there is no such module',
    ],
    [
      'a module without migrate',
      'm.mjs',
      'export const a = 1;',
      '`m.mjs` does not make a schema of an empty PostgreSQL database: migrate is not a function',
    ],
    [
      'migrations that fail',
      'm.mjs',
      migrating('create tabel t ()'),
      '`m.mjs` does not make a schema of an empty PostgreSQL database: syntax error at or near "tabel"',
    ],
  ])('with %s is refused', async (_, file, content, message) => {
    if (content !== undefined) write(join(project, file), content);
    const refusal = await refusalOf(
      diffSql(
        { project, module: file, from: 'v1', to: undefined },
        { describeAll: async ([, load]) => describeAll(load === undefined ? [] : [load], undefined) },
      ),
    );
    expect([refusal.code, refusal.message]).toEqual(['evidence.schema_failed', message]);
  });

  it('with SQL that fails is refused', async () => {
    const [good, bad] = [
      write(join(root.path, 'g.sql'), 'select 1'),
      write(join(root.path, 'bad.sql'), 'grant select on t to nobody_here'),
    ];
    const refusal = await refusalOf(diffSql({ fromFile: good, toFile: bad }, { describeAll }));
    expect([refusal.code, refusal.message]).toEqual([
      'evidence.schema_failed',
      `\`${bad}\` does not make a schema of an empty PostgreSQL database: relation "t" does not exist`,
    ]);
    expect((await refusalOf(diffSql({ fromFile: good, toFile: join(root.path, 'none.sql') }, { describeAll }))).code).toBe(
      'evidence.input_unreadable',
    );
  });
});
