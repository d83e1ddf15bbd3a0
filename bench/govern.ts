import { type EntryId, newId, type TenantId } from '../src/core/index.ts';
import { setFlag, upsertFlag } from '../src/flags/index.ts';
import type { Scope } from '../src/govern/index.ts';
import { Ledger, type Receipt } from '../src/ledger/index.ts';
import { identity, type OnKernel, onKernel, tenant } from './on-kernel.ts';
import { heading, row, type Summary, summarise, timed } from './statistics.ts';

const WARM_UP = 300;
const ROUNDS = 3_000;

/** The ledger with its wait measured, so that it can be shown apart from what governing costs. */
class MeasuredLedger extends Ledger {
  lastWait = 0;

  override async acknowledge(log: TenantId, entryId: EntryId): Promise<Receipt> {
    const started = process.hrtime.bigint();
    const receipt = await super.acknowledge(log, entryId);
    this.lastWait = Number(process.hrtime.bigint() - started) / 1_000;
    return receipt;
  }
}

/** A governed mutation beside the same mutation ungoverned, call by call in turn. */
export function benchGovern(): Promise<void> {
  return onKernel({ ledger: (options) => new MeasuredLedger(options), waitMilliseconds: 5_000, maxInFlight: 16 }, measure);
}

async function measure({ database, ledger, policies, kernel }: OnKernel<MeasuredLedger>): Promise<void> {
  const setting = { enabled: true, justification: 'a benchmark switches this flag' };
  /** The row alone: what a service without a record of any kind would do. */
  const bare = (round: number): Promise<void> =>
    database.transaction(tenant, (trx) =>
      upsertFlag(trx, tenant, { key: 'bench.bare', enabled: true, rateLimit: round, reason: 'x', setBy: 'bench', setAt: new Date() }),
    );
  /** The very command, its reads and its effect, with nobody deciding or recording. */
  const ungoverned = (rateLimit: number): Promise<unknown> =>
    setFlag.run(({ load, effect, args }) => {
      const begun = { ...identity, now: new Date(), decisionId: newId('decision', new Date()), policy: policies.builtIn.version };
      const scope: Scope = { ...begun, seal: (text) => text };
      const typed = args.parse({ key: 'bench.ungoverned', ...setting, rateLimit });
      return database.transaction(tenant, async (trx) => {
        const { state } = await load(trx, typed, scope, undefined);
        if (state === null) throw new Error('the flag is unknown');
        await effect(trx, typed, state, scope);
      });
    });
  const governed = async (rateLimit: number, idempotencyKey?: string): Promise<void> => {
    const { decision } = await kernel.govern('flag.set', {
      identity,
      args: { key: 'bench.governed', ...setting, rateLimit },
      idempotencyKey,
    });
    if (decision.result !== 'ALLOW') throw new Error(`the benchmark was refused by ${decision.ruleId}`);
  };

  const samples: Samples = { bare: [], ungoverned: [], governed: [], keyed: [], wait: [] };
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    if (round === WARM_UP) for (const list of Object.values(samples)) list.length = 0;
    samples.bare.push(await timed(() => bare(round)));
    samples.ungoverned.push(await timed(() => ungoverned(round)));
    samples.governed.push((await timed(() => governed(round))) - ledger.lastWait);
    samples.keyed.push((await timed(() => governed(round, `bench-round-${round}`))) - ledger.lastWait);
    samples.wait.push(ledger.lastWait);
  }
  print(samples);
}

type Samples = Record<'bare' | 'ungoverned' | 'governed' | 'keyed' | 'wait', number[]>;

function print(samples: Samples): void {
  const of = (name: keyof Samples): Summary => summarise(samples[name].map((microseconds) => microseconds / 1_000));
  const [bare, ungoverned, governed, keyed] = [of('bare'), of('ungoverned'), of('governed'), of('keyed')];
  const lines = [
    `${ROUNDS} calls each, in turn, one caller, durable commits`,
    heading,
    row('one row written, no more', bare, 'ms'),
    row('ungoverned: the command with its reads', ungoverned, 'ms'),
    row('governed, up to its commit', governed, 'ms'),
    row('governed with an idempotency key, up to commit', keyed, 'ms'),
    row('then: wait until the entry has its place', of('wait'), 'ms'),
    '',
    ...[compare('governed / ungoverned', governed, ungoverned), compare('with a key / ungoverned', keyed, ungoverned)],
    compare('with a key / one row', keyed, bare),
    'goal: p95 overhead of governing ≤ 1 ms, the ledger wait apart',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function compare(name: string, one: Summary, other: Summary): string {
  const at = (quantile: 'p50' | 'p95' | 'p99'): string =>
    `${quantile} × ${(one[quantile] / other[quantile]).toFixed(2)} (+${(one[quantile] - other[quantile]).toFixed(2)} ms)`;
  return `${name.padEnd(26)}${at('p50')}   ${at('p95')}   ${at('p99')}`;
}
