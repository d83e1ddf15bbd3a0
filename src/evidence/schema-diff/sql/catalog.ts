import type pg from 'pg';
import { z } from 'zod';
import { byText } from '../../kinds/read/quantities.ts';
import type { ObjectKind, SqlObject } from './objects.ts';
import { queries } from './queries.ts';

const row = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.boolean(), z.null()])),
});

/** All objects of a database but those of the system and of extensions, by kind and path. */
export async function describeSchema(client: pg.Client): Promise<SqlObject[]> {
  // Every name then comes with its schema.
  await client.query('set search_path = pg_catalog');
  const objects: SqlObject[] = [];
  for (const [kind, query] of queries) {
    for (const object of await rowsOf(client, kind, query)) objects.push(object);
  }
  return objects.toSorted((a, b) => byText(a.kind, b.kind) || byText(a.path, b.path));
}

async function rowsOf(client: pg.Client, kind: ObjectKind, query: string): Promise<SqlObject[]> {
  const { rows } = await client.query(query);
  return z
    .array(row)
    .parse(rows)
    .map((object) => ({ kind, ...object }));
}
