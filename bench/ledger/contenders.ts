import pg from 'pg';
import { openLedgerParts } from '../../chaos/ledger/gateway.ts';
import { tenantId } from '../../src/core/index.ts';
import type { Receipt } from '../../src/ledger/index.ts';
import { benchEntry, LEAF_BYTES } from './entries.ts';
import type { Turn } from './turn.ts';

/** Something that can be asked again and again, by callers from 0 on. */
export type Contender = { ask(caller: number): Promise<void>; close(): Promise<void> };

export async function openContender(turn: Turn): Promise<Contender> {
  return turn.contender === 'raw' ? openRaw(turn) : openLedger(turn, turn.contender);
}

/** What a service without a record would do: one row, one prepared statement, a connection for each caller. */
async function openRaw({ ownerUrl, callers }: Turn): Promise<Contender> {
  const clients = await Promise.all(Array.from({ length: callers }, () => connect(ownerUrl)));
  const body = Buffer.alloc(LEAF_BYTES, 'x');
  const insert = { name: 'raw', text: 'insert into bench_raw (body) values ($1)', values: [body] };
  return {
    ask: async (caller) => void (await clients[caller]?.query(insert)),
    close: async () => void (await Promise.all(clients.map((client) => client.end()))),
  };
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** Acknowledged is sequenced: whatever else is an error here. */
async function openLedger(turn: Turn, way: 'append' | 'record'): Promise<Contender> {
  const { database, ledger, stops } = await openLedgerParts({ ...turn, waitMilliseconds: 20_000 });
  const names = Array.from({ length: turn.logs }, (_, number) => tenantId(`${turn.prefix}-${number}`));
  let next = 0;
  const ask = async (): Promise<void> => {
    const log = names[next++ % names.length];
    if (log === undefined) throw new RangeError('there are no logs');
    const entry = benchEntry(`bench:${next % 1_000}`);
    if (way === 'record') return assertSequenced(await ledger.record(log, entry));
    await database.transaction(log, (trx) => ledger.append(trx, log, entry));
    assertSequenced(await ledger.acknowledge(log, entry.id));
  };
  return { ask, close: () => stops.run() };
}

function assertSequenced({ status, entryId }: Receipt): void {
  if (status !== 'SEQUENCED') throw new Error(`entry ${entryId} is ${status}`);
}
