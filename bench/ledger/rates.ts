import { connectOnce } from '../../src/storage/index.ts';
import { cpuSecondsOf } from './cpu.ts';
import { Drivers } from './drivers.ts';
import { type Goal, median, print } from './goals.ts';
import type { Ground } from './ground.ts';
import { ImmudbServer, type ImmudbTurn } from './immudb/server.ts';
import type { BenchOptions } from './options.ts';
import type { Outcome } from './turn.ts';

/** One cell of the grid. */
type Cell = { readonly name: string; readonly callers: number; take(): Promise<Outcome> };

const WARM_SECONDS = 0.7;
const ours = [
  { name: 'append in a transaction, acknowledged', contender: 'append' },
  { name: 'record, acknowledged', contender: 'record' },
] as const;

/** Everybody by turns, so that what else the machine does meets all alike; medians of the rounds. */
export async function benchRates(ground: Ground, options: BenchOptions): Promise<Goal[]> {
  await createRawTable(ground.ownerUrl);
  const drivers = new Drivers({ ...ground, processes: options.processes });
  const immudb = options.immudb ? await ImmudbServer.start(ground.folder) : undefined;
  try {
    const cells = [...ledgerCells(drivers, options), ...(immudb === undefined ? [] : immudbCells(immudb, options))];
    const table = await inTurns(cells, options.rounds);
    printTable(table, options);
    return goalsOf(table);
  } finally {
    drivers.close();
    await immudb?.stop();
  }
}

function ledgerCells(drivers: Drivers, { seconds }: BenchOptions): Cell[] {
  const timing = { warmSeconds: WARM_SECONDS, seconds };
  const cell = (name: string, contender: 'raw' | 'append' | 'record', callers: number, logs: number): Cell => ({
    name,
    callers,
    take: () => drivers.take({ contender, callers, logs, prefix: `${contender}-${logs}`, ...timing }),
  });
  return [1, 16, 64, 100].flatMap((callers) => [
    cell(RAW, 'raw', callers, 1),
    ...ours.flatMap(({ name, contender }) => [1, 64].map((logs) => cell(oursOver(name, logs), contender, callers, logs))),
  ]);
}

const RAW = 'raw INSERT of one row';
const oursOver = (name: string, logs: number): string => `${name}, ${logs === 1 ? '1 log' : `${logs} logs`}`;
const immudbName = (syncMilliseconds: number): string =>
  `immudb Set, ${syncMilliseconds === 0 ? 'as it comes' : `syncs within ${syncMilliseconds} ms`}`;

function immudbCells(server: ImmudbServer, { seconds }: BenchOptions): Cell[] {
  return [1, 100].flatMap((clients) =>
    [0, 5].map((syncMilliseconds) => ({
      name: immudbName(syncMilliseconds),
      callers: clients,
      take: () => takeImmudb(server, { clients, syncMilliseconds, warmSeconds: WARM_SECONDS, seconds }),
    })),
  );
}

/** The client warms up in the same process: the server's share of time has that in it. Its own CPU is not measured. */
async function takeImmudb(server: ImmudbServer, turn: ImmudbTurn): Promise<Outcome> {
  const [started, before] = [performance.now(), cpuSecondsOf(server.pid)];
  const answer = await server.take(turn);
  return { ...answer, driver: Number.NaN, server: ((cpuSecondsOf(server.pid) - before) * 1_000) / (performance.now() - started) };
}

type Row = { readonly cell: Cell; readonly rounds: Outcome[] };

async function inTurns(cells: readonly Cell[], rounds: number): Promise<Row[]> {
  const rows = cells.map((cell): Row => ({ cell, rounds: [] }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const row of rows) row.rounds.push(await row.cell.take());
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  return rows;
}

const medianOf = ({ rounds }: Row, what: keyof Outcome): number => median(rounds.map((one) => one[what]));

function printTable(rows: readonly Row[], { rounds, seconds, processes }: BenchOptions): void {
  print(
    `durable commits; 500 B an entry; medians of ${rounds} turns of ${seconds} s; driver and server: cores used (${processes} driving process)`,
    `${'callers'.padStart(7)}  ${''.padEnd(48)}${['a second', 'p50', 'p99', ': raw', 'driver', 'server', 'CPU each'].map((title) => title.padStart(11)).join('')}`,
  );
  for (const callers of [1, 16, 64, 100]) {
    const same = rows.filter(({ cell }) => cell.callers === callers);
    const raw = same.find(({ cell }) => cell.name === RAW);
    for (const row of same) print(line(row, raw));
  }
}

function line(row: Row, raw: Row | undefined): string {
  const value = (what: keyof Outcome): number => medianOf(row, what);
  const ratio = raw === undefined ? Number.NaN : value('perSecond') / medianOf(raw, 'perSecond');
  const cells = [
    value('perSecond').toFixed(0),
    `${value('p50').toFixed(2)} ms`,
    `${value('p99').toFixed(1)} ms`,
    `× ${ratio.toFixed(2)}`,
    Number.isNaN(value('driver')) ? '' : value('driver').toFixed(2),
    value('server').toFixed(2),
    `${((((Number.isNaN(value('driver')) ? 0 : value('driver')) + value('server')) * 1e6) / value('perSecond')).toFixed(0)} µs`,
  ];
  return `${String(row.cell.callers).padStart(7)}  ${row.cell.name.padEnd(48)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}

/** Ratios round by round, then their median: both of a ratio had the same neighbours. */
function goalsOf(rows: readonly Row[]): Goal[] {
  const ratio = (one: string, other: string, callers: number): number => {
    const [above, below] = [one, other].map((name) => rows.find(({ cell }) => cell.name === name && cell.callers === callers)?.rounds);
    return median((above ?? []).map(({ perSecond }, round) => perSecond / (below?.[round]?.perSecond ?? Number.NaN)));
  };
  const goal = (what: string, measured: number, limit: number): Goal => ({ what, measured, limit, best: 'most', unit: '×' });
  const goals = ours.flatMap(({ name }) => [
    ...[1, 64].map((logs) => goal(`${oursOver(name, logs)} : raw, 64 callers`, ratio(oursOver(name, logs), RAW, 64), 1)),
    ...[0, 5].map((sync) => goal(`${oursOver(name, 1)} : ${immudbName(sync)}, 100`, ratio(oursOver(name, 1), immudbName(sync), 100), 5)),
  ]);
  return goals.filter(({ measured }) => !Number.isNaN(measured)); // without immudb, none about it
}

async function createRawTable(ownerUrl: string): Promise<void> {
  const client = await connectOnce(ownerUrl);
  await client.query('create table bench_raw (id bigint generated always as identity primary key, body bytea not null)');
  await client.end();
}
