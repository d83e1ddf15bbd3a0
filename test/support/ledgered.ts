import type { JsonObject } from '../../src/core/index.ts';
import { query, type TestDatabase } from './postgres.ts';

/** What the policy was given for one decision, as the ledger has it. */
export async function ledgeredInput({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>, entryId: string): Promise<JsonObject> {
  const sql = `select convert_from(body, 'utf8')::json -> 'data' -> 'input' as input from ledger_leaf where entry_id = $1`;
  const [row] = await query(ownerUrl, sql, [entryId]);
  return Object(row?.['input']);
}
