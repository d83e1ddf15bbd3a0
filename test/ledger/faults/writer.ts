import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { eventually } from '../../support/deadline.ts';
import { connected } from '../../support/postgres.ts';
import type { Site } from './site.ts';

export type Placed = { readonly id: string; readonly seq: number; readonly leafHash: string };

/** A writer in a process of its own (writer-process.ts), and what it said for certain. */
export type Writer = {
  readonly committed: string[];
  readonly placed: Placed[];
  /** kill -9, and waits for the end; then all it ever said is here. */
  kill(): Promise<void>;
};

export async function startWriter({ appUrl }: Pick<Site, 'appUrl'>, work: 'append' | 'drain', batchSize = 1_000): Promise<Writer> {
  const script = fileURLToPath(new URL('writer-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, appUrl, work, String(batchSize)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const committed: string[] = [];
  const placed: Placed[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line);
    if ('ready' in said) ready.resolve();
    if ('committed' in said) committed.push(said.committed);
    if ('placed' in said) placed.push(said.placed);
  });
  const closed = once(child, 'close').then(() => ready.reject(new Error('the writer ended by itself')));
  await ready.promise;
  return {
    committed,
    placed,
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

const STALL = 0x7374616c; // "stal"

/** Where a batch, or a signature, can be held up: by a trigger that waits for a lock of ours. What is true of the row that is at hand then. */
const points = {
  'between its leaves': ['before insert', 'ledger_leaf', 'new.seq % 5 = 2'],
  'after its leaves': ['after insert', 'ledger_leaf', 'new.seq % 5 = 4'],
  'before its tile': ['before insert', 'ledger_tile', 'new.level = 0'],
  'before its head': ['before update', 'ledger_head', 'true'],
  'before it leaves the outbox': ['before delete', 'ledger_outbox', 'true'],
  'before its checkpoint': ['before insert', 'ledger_checkpoint', 'true'],
} as const;
export type Point = keyof typeof points;
export const everyPoint = Object.keys(points).filter((name): name is Point => name in points);

const WAITING = `select pid from pg_locks where locktype = 'advisory' and objid = ${STALL} and not granted
  and database = (select oid from pg_database where datname = current_database())`;

/** While `work` runs, whoever comes to a point waits there; `reached` answers with the first server process that does. It then goes on, if it is alive. */
export async function stalling(
  { ownerUrl }: Pick<Site, 'ownerUrl'>,
  point: Point,
  work: (reached: () => Promise<number>) => Promise<void>,
) {
  const [event, table, when] = points[point];
  await connected(ownerUrl, async (client) => {
    await client.query(`select pg_advisory_lock(${STALL})`);
    await client.query(`create or replace function stall() returns trigger language plpgsql as $$ begin
        perform pg_advisory_xact_lock(${STALL}); return case tg_op when 'DELETE' then old else new end; end $$;
      create trigger stall ${event} on ${table} for each row when (${when}) execute function stall()`);
    await work(() =>
      eventually(`a batch stands ${point}`, async () => {
        const [row] = (await client.query<{ pid: number }>(WAITING)).rows;
        return row?.pid;
      }),
    );
    await client.query(`select pg_advisory_unlock(${STALL})`);
    await client.query(`drop trigger stall on ${table}`);
  });
}
