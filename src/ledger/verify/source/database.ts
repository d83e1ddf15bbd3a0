import pg from 'pg';
import { messageOf } from '../../../core/index.ts';
import { bytesOf, digestOf, EMPTY_ROOT, HASH_BYTES, hashNodes } from '../digest.ts';
import { VerifyError } from '../errors.ts';
import type { Fault, Note } from '../fault.ts';
import type { LogSource, Outcome, Page } from './source.ts';

const PAGE = 2_048;

type Row = { seq: string; entry_id: string; body: Buffer; hash: Buffer };
type Head = { size: string; root: Buffer; last_hash: Buffer | null; frontier: Buffer };

/**
 * A log in its tables, as they are: one read-only transaction over one snapshot, with statements of our own. Connect as the role
 * that owns the tables; the application's role sees one tenant at a time.
 *
 * @throws VerifyError `verify.source_unreachable`
 */
export async function openDatabase(url: string, log: string): Promise<LogSource> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // the statement under way is rejected as well
  try {
    await client.connect();
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query('set local row_security = off'); // rows that would be hidden make it fail, not seem fewer
    return await logIn(client, new URL(url), log);
  } catch (cause) {
    await client.end().catch(() => undefined);
    throw unreadable(cause);
  }
}

type Query = <T extends pg.QueryResultRow>(text: string, values: unknown[]) => Promise<T[]>;

/** One statement at a time: a connection takes no more. */
function inTurn(client: pg.Client): Query {
  let before: Promise<unknown> = Promise.resolve();
  return <T extends pg.QueryResultRow>(text: string, values: unknown[]) => {
    const answer = before.then(() => client.query<T>(text, values)).catch((cause: unknown) => Promise.reject(unreadable(cause)));
    before = answer.catch(() => undefined);
    return answer.then(({ rows }) => rows);
  };
}

async function logIn(client: pg.Client, { host, pathname }: URL, log: string): Promise<LogSource> {
  const query = inTurn(client);
  const one = async <T extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<T | undefined> =>
    (await query<T>(text, values))[0];
  const head = await one<Head>('select size::text, root, last_hash, frontier from ledger_head where tenant = $1', [log]);
  const note = await one<{ note: string }>('select note from ledger_checkpoint where tenant = $1 order by size desc limit 1', [log]);
  return {
    name: `postgres://${host}${pathname}#${log}`,
    checkpoint: async () => note?.note ?? noCheckpoint(log),
    rotations: async () => rotationsOf(query, log),
    verifierKey: async () => undefined,
    begins: () => oldest(query, log),
    length: async () => Number(head?.size ?? 0),
    pages: (from, until) => pagesOf(query, log, from, until),
    tile: async (level, index, width) => {
      const text = 'select hashes from ledger_tile where tenant = $1 and level = $2 and index = $3';
      const row = await one<{ hashes: Buffer }>(text, [log, level, index]);
      return row?.hashes.subarray(0, width * HASH_BYTES);
    },
    conclude: async (outcome) => compareHead(query, log, head, outcome),
    close: () => client.end(),
  };
}

async function rotationsOf(query: Query, log: string): Promise<string[]> {
  return (await query<{ note: string }>('select note from ledger_rotation where tenant = $1 order by size', [log])).map((row) => row.note);
}

async function oldest(query: Query, log: string): Promise<number> {
  const [row] = await query<{ seq: string | null }>('select min(seq)::text as seq from ledger_leaf where tenant = $1 and seq >= 0', [log]);
  return Number(row?.seq ?? 0);
}

async function* pagesOf(query: Query, log: string, from: number, until: number): AsyncGenerator<Page> {
  const text =
    'select seq::text, entry_id, body, hash from ledger_leaf where tenant = $1 and seq >= $2 and seq < $3 order by ledger_leaf.seq';
  for (let first = from; first < until; first += PAGE) {
    const last = Math.min(first + PAGE, until);
    yield toPage(await query<Row>(text, [log, first, last]), { from: first, until: last });
  }
}

function toPage(rows: readonly Row[], slotRange: { from: number; until: number }): Page {
  const starts = new Uint32Array(rows.length);
  const ends = new Uint32Array(rows.length);
  const column = Buffer.alloc(rows.length * HASH_BYTES);
  let at = 0;
  for (const [index, { body, hash }] of rows.entries()) {
    starts[index] = at;
    at += body.length;
    ends[index] = at;
    hash.copy(column, index * HASH_BYTES, 0, HASH_BYTES);
  }
  const slots = Float64Array.from(rows, (row) => Number(row.seq));
  return { bytes: Buffer.concat(rows.map((row) => row.body)), starts, ends, slots, column, slotRange, faults: rows.flatMap(misnamed) };
}

/** The id that finds an entry is the one in it. */
function misnamed({ seq, entry_id, body }: Row): Fault[] {
  if (body.includes(`"id":${JSON.stringify(entry_id)}`)) return [];
  return [
    {
      kind: 'row.mismatch',
      seq: Number(seq),
      message: `the row of entry ${seq} is filed under \`${entry_id}\`, which is not the entry's id`,
    },
  ];
}

/** The head row is what the next entry is chained to. */
async function compareHead(
  query: Query,
  log: string,
  head: Head | undefined,
  outcome: Outcome,
): Promise<{ faults: Fault[]; notes: Note[] }> {
  const [row] = await query<{ beyond: string }>(
    'select count(*)::text as beyond from ledger_leaf where tenant = $1 and (seq >= $2 or seq < 0)',
    [log, head?.size ?? 0],
  );
  const beyond = Number(row?.beyond ?? 0);
  if (head === undefined) return { faults: [wrongHead('the log has no head row')], notes: [] };
  if (beyond > 0) {
    return { faults: [wrongHead(`${beyond} leaves lie outside of the log: its head says that it has ${head.size} entries`)], notes: [] };
  }
  return { faults: outcome.isSound ? headFaults(head, outcome) : [], notes: [] };
}

function headFaults(head: Head, { entries, root, lastHash }: Outcome): Fault[] {
  if (Number(head.size) !== entries) return [wrongHead(`the head row says that the log has ${head.size} entries, there are ${entries}`)];
  const faults: Fault[] = [];
  if (!head.root.equals(root)) faults.push(wrongHead('the root in the head row is not the root of the entries'));
  else if (!rootOf(head.frontier).equals(root)) faults.push(wrongHead('the frontier in the head row has not the root of the entries'));
  if ((head.last_hash?.toString('hex') ?? null) !== lastHash)
    faults.push(wrongHead('the last hash in the head row is not that of the last entry'));
  return faults;
}

function wrongHead(message: string): Fault {
  return { kind: 'head.mismatch', seq: null, message };
}

/** Of the roots of the perfect subtrees, the largest first. */
function rootOf(frontier: Buffer): Buffer {
  const count = Math.floor(frontier.length / HASH_BYTES);
  const hashes = Array.from({ length: count }, (_, n) => digestOf(frontier.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES)));
  return bytesOf(hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => hashNodes(left, right)));
}

function noCheckpoint(log: string): never {
  throw new VerifyError('verify.file_unreadable', `log \`${log}\` has no checkpoint in this database`, {
    remedy: 'name a log that exists; a new one has a checkpoint once it took an entry',
  });
}

function unreadable(cause: unknown): VerifyError {
  if (cause instanceof VerifyError) return cause;
  return new VerifyError('verify.source_unreachable', `cannot read the log from the database: ${messageOf(cause)}`, {
    cause,
    remedy: 'give the URL of a role that owns the tables, and check that the server can be reached',
  });
}
