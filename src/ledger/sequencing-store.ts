import { type RawBuilder, sql } from 'kysely';
import { prepared, type Trx, withNext } from '../storage/index.ts';
import { bytes, numbers, texts } from './columns.ts';
import { Frontier } from './frontier.ts';
import { lockLogs, type Patience } from './lock-logs.ts';
import { searchable } from './searchable.ts';
import type { SequencedLeaf, Waiting } from './store.ts';
import type { Tile } from './tiles.ts';

/** Where the next entry of a log goes. */
export type Head = { readonly frontier: Frontier; readonly lastHash: Buffer | null };
/** A head that this transaction holds. */
export type HeldHead = Head & {
  /** The last tile of level 0 while it is not full. */
  readonly edge: Buffer | null;
  /** Whether anything waits in the outbox. */
  readonly waiting: boolean;
  /** Whether some entry that comes straight is there already. */
  readonly repeated: boolean;
};

/** One that waits in the outbox. */
export type OutboxRow = Waiting & {
  readonly log: string;
  readonly position: bigint;
  /** Where the table has it (ctid), for as long as this transaction goes on. */
  readonly at: string;
  readonly seal: Buffer;
  /** The leaf that has this entry's id already, if there is one. */
  readonly placed: SequencedLeaf | null;
};
/** A row that cannot be sequenced, and why. */
export type Refused = OutboxRow & { readonly reason: 'seal' | 'conflict' };
/** An entry of a log that does not come through the outbox. */
export type Direct = { readonly log: string; readonly entryId: string };

/** Takes the heads of logs into its hand, see `lockLogs`. A log that is not in the answer has no head or is somebody else's now. */
export async function takeHeads(
  trx: Trx,
  logs: readonly string[],
  direct: readonly Direct[],
  patience: Patience,
): Promise<Map<string, HeldHead>> {
  await lockLogs(trx, 'ledger_head', logs, patience);
  const { rows } = await sql<HeadRecord>`
    select h.tenant, h.size, h.last_hash, h.frontier, t.hashes as edge,
      exists (select from ledger_outbox o where o.tenant = h.tenant) as waiting,
      exists (${leavesOfEntries(direct)}) as repeated
    from ledger_head h left join lateral (
      select hashes from ledger_tile where tenant = h.tenant and level = 0 and index = h.size / 256 and h.size % 256 > 0 limit 1
    ) t on true
    where h.tenant = any(${[...logs]}::text[])`.execute(trx);
  return new Map(rows.map((row) => [row.tenant, toHead(row)]));
}

type HeadRecord = {
  tenant: string;
  size: bigint;
  last_hash: Buffer | null;
  frontier: Buffer;
  edge: Buffer | null;
  waiting: boolean;
  repeated: boolean;
};

function toHead({ size, last_hash: lastHash, frontier, edge, waiting, repeated }: HeadRecord): HeldHead {
  return { frontier: Frontier.decode(Number(size), frontier), lastHash, edge, waiting, repeated };
}

/** Makes the head of a log, if it is new. */
export async function makeHead(trx: Trx, log: string): Promise<void> {
  const empty = Frontier.empty();
  await sql`${sql.raw(withNext)}
    insert into ledger_head (tenant, size, root, last_hash, frontier) values (${log}, 0, ${empty.root()}::bytea, null, ${empty.encode()}::bytea)
    on conflict do nothing`.execute(trx);
}

/**
 * Puts an entry into the outbox; false when its id is there already, in the outbox or in the log. Prepared, because every action does this
 * and to plan it costs more than to do it.
 */
export async function enqueue(trx: Trx, log: string, entry: Waiting, seal: Buffer): Promise<boolean> {
  const added = await sql`${sql.raw(prepared)}
    insert into ledger_outbox (tenant, entry_id, body, subjects, seal)
    select ${log}, ${entry.entryId}, ${entry.body}::bytea, ${texts(entry.subjects)}, ${seal}::bytea
    where not ledger_is_placed(${log}, ${entry.entryId})
    on conflict (tenant, entry_id) do nothing
    returning 1`.execute(trx);
  return added.rows.length > 0;
}

type OutboxRecord = {
  tenant: string;
  position: bigint;
  at: string;
  entry_id: string;
  body: Buffer;
  subjects: string[];
  seal: Buffer;
  seq: bigint | null;
  leaf: Buffer | null;
  hash: Buffer | null;
};

/**
 * How many bytes of bodies a batch takes at most, but for the last entry: what a gateway does with them between two statements has to end
 * long before the server takes it for frozen, or the same batch fails for ever.
 */
const BATCH_BYTES = 4 * 2 ** 20;

/** Whether a batch took as many bytes as it may, so that more may wait of any log. */
export function isFullOfBytes(rows: readonly OutboxRow[]): boolean {
  return rows.reduce((sum, { body }) => sum + body.length, 0) >= BATCH_BYTES;
}

/** What waits, oldest first and as much as a batch takes, up to `limit` of each log, of the rows whose seals can be judged here. */
export async function readOutbox(trx: Trx, logs: readonly string[], sealIds: readonly Buffer[], limit: number): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRecord>`
    select o.tenant, o.position, o.at, o.entry_id, o.body, o.subjects, o.seal, l.seq, l.body as leaf, l.hash
    from (
      select w.*, sum(octet_length(w.body)) over (order by w.position) - octet_length(w.body) as bytes_before
      from unnest(${[...logs]}::text[]) as wanted (tenant) cross join lateral (
        select tenant, position, ctid::text as at, entry_id, body, subjects, seal from ledger_outbox
        where tenant = wanted.tenant and substr(seal, 1, 4) = any(${[...sealIds]}::bytea[])
        order by position limit ${limit}
      ) w
    ) o left join lateral (
      ${leafOfEntry(sql`o.tenant`, sql`o.entry_id`)}
    ) l on true
    where o.bytes_before < ${BATCH_BYTES}
    order by o.position`.execute(trx);
  return rows.map(({ tenant: log, entry_id: entryId, seq, leaf, hash, ...row }) => ({
    ...row,
    log,
    entryId,
    placed: seq === null || leaf === null || hash === null ? null : { seq: Number(seq), entryId, body: leaf, hash },
  }));
}

/** The leaves that have one of these entry ids, with their logs. */
export async function leavesByEntry(trx: Trx, entries: readonly Direct[]): Promise<(SequencedLeaf & { readonly log: string })[]> {
  const { rows } = await sql<{
    tenant: string;
    seq: bigint;
    entry_id: string;
    body: Buffer;
    hash: Buffer;
  }>`${leavesOfEntries(entries)}`.execute(trx);
  return rows.map(({ tenant: log, seq, entry_id: entryId, body, hash }) => ({ log, seq: Number(seq), entryId, body, hash }));
}

function leavesOfEntries(entries: readonly Direct[]): RawBuilder<unknown> {
  return sql`
    select l.* from unnest(${texts(entries.map(({ log }) => log))}, ${texts(entries.map(({ entryId }) => entryId))}) as wanted (tenant, entry_id)
    cross join lateral (${leafOfEntry(sql`wanted.tenant`, sql`wanted.entry_id`)}) l`;
}

/**
 * A leaf by its entry's id. Asked as the first of a range in order, which only the index by entry ids can answer: these plans are kept
 * while the table grows, and one that was made for a few rows would otherwise filter the whole log.
 */
function leafOfEntry(log: RawBuilder<unknown>, entryId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select tenant, seq, entry_id, body, hash from ledger_leaf
    where tenant = ${log} and entry_id >= ${entryId} and entry_id <= ${entryId} order by entry_id limit 1`;
}

/** All that a batch changes in a log. */
export type Writes = {
  readonly log: string;
  readonly leaves: readonly SequencedLeaf[];
  readonly subjects: readonly { readonly subject: string; readonly seq: number }[];
  readonly tiles: readonly Tile[];
  readonly head: Head;
  readonly refused: readonly Refused[];
  /** Where the rows of the outbox are that are done with. */
  readonly drained: readonly string[];
};

/** What a row of a log says, with the log. */
type Of<Row> = Row & { readonly log: string };

function all<Row extends object>(writes: readonly Writes[], rowsOf: (one: Writes) => readonly Row[]): Of<Row>[] {
  return writes.flatMap((one) => rowsOf(one).map((row) => ({ ...row, log: one.log })));
}

/** A statement a table however many logs, and none of them waited for: they go with the commit, which fails if one does. */
export async function writeBatch(trx: Trx, writes: readonly Writes[]): Promise<void> {
  const grown = writes.filter(({ leaves, tiles }) => leaves.length + tiles.length > 0);
  const refused = writes.flatMap((one) => one.refused);
  const drained = writes.flatMap((one) => one.drained);
  if (grown.length > 0) {
    await insertLeaves(
      trx,
      all(grown, ({ leaves }) => leaves),
    );
    await insertSubjects(
      trx,
      all(grown, ({ subjects }) => subjects),
    );
    await upsertTiles(
      trx,
      all(grown, ({ tiles }) => tiles),
    );
    await updateHeads(trx, grown);
  }
  if (refused.length > 0) await insertQuarantine(trx, refused);
  if (drained.length > 0) await deleteDrained(trx, drained);
}

export async function insertLeaves(trx: Trx, leaves: readonly Of<SequencedLeaf>[]): Promise<void> {
  const found = leaves.map((leaf) => searchable(JSON.parse(leaf.body.toString('utf8'))));
  const [body, hash] = [bytes(leaves.map((leaf) => leaf.body)), bytes(leaves.map((leaf) => leaf.hash))];
  await sql`${sql.raw(withNext)}
    insert into ledger_leaf (tenant, seq, entry_id, body, hash, type, actor, result, rule, at)
    select log, seq, entry_id, ${body.cut('body', 'body_length')}, ${hash.cut('hash', 'hash_length')}, type, actor, result, rule, at::timestamptz
    from unnest(
      ${texts(leaves.map(({ log }) => log))}, ${numbers(leaves.map(({ seq }) => seq))}, ${texts(leaves.map(({ entryId }) => entryId))},
      ${body.starts}, ${body.lengths}, ${hash.starts}, ${hash.lengths},
      ${texts(found.map(({ type }) => type))}, ${texts(found.map(({ actor }) => actor))}, ${texts(found.map(({ result }) => result))},
      ${texts(found.map(({ rule }) => rule))}, ${texts(found.map(({ at }) => at))}
    ) as n (log, seq, entry_id, body, body_length, hash, hash_length, type, actor, result, rule, at)`.execute(trx);
}

async function insertSubjects(trx: Trx, rows: readonly Of<Writes['subjects'][number]>[]): Promise<void> {
  await sql`${sql.raw(withNext)}
    insert into ledger_subject (tenant, subject, seq)
    select * from unnest(
      ${texts(rows.map(({ log }) => log))}, ${texts(rows.map(({ subject }) => subject))}, ${numbers(rows.map(({ seq }) => seq))}
    )`.execute(trx);
}

async function upsertTiles(trx: Trx, tiles: readonly Of<Tile>[]): Promise<void> {
  const hashes = bytes(tiles.map((tile) => tile.hashes));
  await sql`${sql.raw(withNext)}
    insert into ledger_tile (tenant, level, index, hashes)
    select log, level, index, ${hashes.cut('hashes', 'length')} from unnest(
      ${texts(tiles.map(({ log }) => log))}, ${numbers(tiles.map(({ level }) => level))}, ${numbers(tiles.map(({ index }) => index))},
      ${hashes.starts}, ${hashes.lengths}
    ) as n (log, level, index, hashes, length)
    on conflict (tenant, level, index) do update set hashes = excluded.hashes`.execute(trx);
}

async function updateHeads(trx: Trx, writes: readonly Writes[]): Promise<void> {
  const heads = writes.map(({ log, head }) => ({ log, ...head }));
  const [root, last, frontier] = [
    bytes(heads.map((head) => head.frontier.root())),
    bytes(heads.map(({ lastHash }) => lastHash ?? Buffer.alloc(0))),
    bytes(heads.map((head) => head.frontier.encode())),
  ];
  await sql`${sql.raw(withNext)}
    update ledger_head h set size = n.size, root = ${root.cut('n.root', 'n.root_length')},
      last_hash = ${last.cut('n.last', 'n.last_length')}, frontier = ${frontier.cut('n.frontier', 'n.frontier_length')}
    from unnest(
      ${texts(heads.map(({ log }) => log))}, ${numbers(heads.map((head) => head.frontier.size))},
      ${root.starts}, ${root.lengths}, ${last.starts}, ${last.lengths}, ${frontier.starts}, ${frontier.lengths}
    ) as n (log, size, root, root_length, last, last_length, frontier, frontier_length)
    where h.tenant = n.log`.execute(trx);
}

async function insertQuarantine(trx: Trx, rows: readonly Refused[]): Promise<void> {
  const [body, seal] = [bytes(rows.map((row) => row.body)), bytes(rows.map((row) => row.seal))];
  await sql`${sql.raw(withNext)}
    insert into ledger_quarantine (tenant, position, entry_id, body, seal, reason)
    select log, position, entry_id, ${body.cut('body', 'body_length')}, ${seal.cut('seal', 'seal_length')}, reason from unnest(
      ${texts(rows.map(({ log }) => log))}, ${numbers(rows.map(({ position }) => position))}, ${texts(rows.map(({ entryId }) => entryId))},
      ${body.starts}, ${body.lengths}, ${seal.starts}, ${seal.lengths}, ${texts(rows.map(({ reason }) => reason))}
    ) as n (log, position, entry_id, body, body_length, seal, seal_length, reason)`.execute(trx);
}

/** By where they are: to look them up again would be the larger half of it. One that moved was altered, and stays to be judged again. */
async function deleteDrained(trx: Trx, places: readonly string[]): Promise<void> {
  await sql`${sql.raw(withNext)}
    delete from ledger_outbox where ctid = any(${texts(places)}::tid[])`.execute(trx);
}
