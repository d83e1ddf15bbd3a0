import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/index.ts';
import { dryRunQueue, executeQueue, type RunResult, simulate, startIncidentWorkers } from '../../src/incidents/index.ts';
import { Jobs, prepareJobs, type Queue } from '../../src/jobs/index.ts';
import { gate } from '../support/gate.ts';
import { query } from '../support/postgres.ts';
import {
  acme,
  entries,
  executeArgs,
  globex,
  openIncident,
  openWorld,
  orchestrationNow,
  propose,
  remedy,
  resultOf,
  rosa,
  sam,
  type World,
  why,
} from '../support/world.ts';

type Note = { readonly n: number };
const queue = (name: string, retryLimit = 3): Queue<Note> => ({ name, expireInSeconds: 60, retryLimit });
const names = ['commit', 'rollback', 'retry', 'stop', 'unfinished', 'many'];

let world: World;
let jobs: Jobs;
let calls: (run: string) => Promise<RunResult> = async () => ({ succeeded: true, answered: true, detail: { body: { changes: ['x'] } } });
const called: string[] = [];
const errors: unknown[] = [];
const agent = {
  ...simulate,
  dryRun: (run: { runId: string }) => {
    called.push(run.runId);
    return calls(run.runId);
  },
};
let enqueueOf: Jobs | undefined;

beforeAll(async () => {
  world = await openWorld({
    adapters: new Map([['simulate', agent]]),
    jobs: () => ({ enqueue: async (trx, to, data) => enqueueOf?.enqueue(trx, to, data) }),
  });
  await prepareJobs(world.ownerUrl, [...names.map((name) => queue(name)), dryRunQueue, executeQueue]);
  jobs = await start();
  enqueueOf = jobs;
});
const started: Jobs[] = [];
async function start(): Promise<Jobs> {
  const one = await Jobs.start({ appUrl: world.appUrl, onError: (error) => errors.push(error) });
  started.push(one);
  return one;
}
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop(1_000)));
  await world.close();
});
afterEach(() => {
  errors.splice(0);
  called.splice(0);
});

const waiting = async (name: string) =>
  (await query(world.ownerUrl, `select data, state from pgboss.job where name = $1 order by created_on`, [name])).map(({ data, state }) => [
    data,
    state,
  ]);
const soon = { interval: 20, timeout: 15_000 };

describe('preparing', () => {
  test('ten starters at once, on a database that has none, agree; the application may then use it', async () => {
    const bare = await openWorld();
    await Promise.all(Array.from({ length: 10 }, () => prepareJobs(bare.ownerUrl, [queue('one'), queue('two', 7)])));
    await prepareJobs(bare.ownerUrl, [queue('one'), queue('two', 7)]);
    expect(
      await query(
        bare.ownerUrl,
        `select name, retry_limit, retry_backoff, expire_seconds from pgboss.queue where name in ('one', 'two') order by name`,
      ),
    ).toEqual([
      { name: 'one', retry_limit: 3, retry_backoff: true, expire_seconds: 60 },
      { name: 'two', retry_limit: 7, retry_backoff: true, expire_seconds: 60 },
    ]);
    const app = await Jobs.start({ appUrl: bare.appUrl, onError: (error) => errors.push(error) });
    const got = Promise.withResolvers<Note>();
    await app.work(queue('one'), async (note) => got.resolve(note));
    await bare.database.transaction(acme, (trx) => app.enqueue(trx, queue('one'), { n: 1 }));
    expect(await got.promise).toEqual({ n: 1 });
    await app.stop(1_000);
    await bare.close();
    expect(errors).toEqual([]);
  });
});

describe('a job exists exactly when its transaction does', () => {
  test('committed it is there', async () => {
    await world.database.transaction(acme, (trx) => jobs.enqueue(trx, queue('commit'), { n: 1 }));
    expect(await waiting('commit')).toEqual([[{ n: 1 }, 'created']]);
  });

  test('rolled back it is not', async () => {
    const lost = world.database.transaction(acme, async (trx) => {
      await jobs.enqueue(trx, queue('rollback'), { n: 1 });
      throw new Error('no');
    });
    await expect(lost).rejects.toThrow('no');
    expect(await waiting('rollback')).toEqual([]);
  });

  test('an allowed dry run has one and its run id; a commit that fails leaves none', async () => {
    const orchestrationId = await propose(world, await openIncident(world));
    await query(
      world.ownerUrl,
      `create function at_commit() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$;
       create constraint trigger at_commit after insert on ledger_outbox deferrable initially deferred for each row execute function at_commit()`,
    );
    await expect(world.govern('orchestration.dry_run', rosa, { orchestrationId })).rejects.toThrow('not today');
    expect([await waiting(dryRunQueue.name), (await orchestrationNow(world, orchestrationId)).status]).toEqual([[], 'PROPOSED']);
    await query(world.ownerUrl, 'drop trigger at_commit on ledger_outbox');
    resultOf(await world.govern('orchestration.dry_run', rosa, { orchestrationId }));
    const { runId } = await orchestrationNow(world, orchestrationId);
    const remedy = { adapter: 'simulate', operation: 'restart.service', targets: ['checkout-1', 'checkout-2'], parameters: { grace: 5 } };
    expect(await waiting(dryRunQueue.name)).toEqual([[{ tenant: 'acme', orchestrationId, runId, remedy }, 'created']]);
    await query(world.ownerUrl, `delete from pgboss.job where name = $1`, [dryRunQueue.name]);
  });
});

describe('running', () => {
  test('a job whose handler fails is told of, run again, and done once it succeeds', async () => {
    const attempts: number[] = [];
    await jobs.work(queue('retry'), async ({ n }) => {
      attempts.push(n);
      if (attempts.length === 1) throw new Error('the first try fails');
    });
    await world.database.transaction(acme, (trx) => jobs.enqueue(trx, queue('retry'), { n: 9 }));
    await expect.poll(() => waiting('retry'), soon).toEqual([[{ n: 9 }, 'completed']]);
    expect(attempts).toEqual([9, 9]);
    expect(errors.map(String)).toEqual(['Error: a job of `retry` failed: the first try fails']);
  });

  test('many that come at once do not wait for each other: neither for a wake-up of their own nor for one that hangs', async () => {
    const hanging = gate();
    const done: number[] = [];
    await jobs.work(queue('many'), async ({ n }) => {
      if (n === 0) await hanging.opened;
      done.push(n);
    });
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await world.database.transaction(acme, async (trx) => {
      for (const n of numbers) await jobs.enqueue(trx, queue('many'), { n });
    });
    await expect.poll(() => done.toSorted(), soon).toEqual(numbers.slice(1));
    hanging.open();
    await expect.poll(() => done.toSorted(), soon).toEqual(numbers);
  });

  test('to stop waits for the job under way', async () => {
    const own = await start();
    const [entered, released] = [gate(), gate()];
    const order: string[] = [];
    await own.work(queue('stop'), async () => {
      entered.open();
      await released.opened;
      order.push('job');
    });
    await world.database.transaction(acme, (trx) => jobs.enqueue(trx, queue('stop'), { n: 1 }));
    await entered.opened;
    const stopped = own.stop(10_000).then(() => order.push('stopped'));
    released.open();
    await stopped;
    expect(order).toEqual(['job', 'stopped']);
    expect(await waiting('stop')).toEqual([[{ n: 1 }, 'completed']]);
  });

  test('one that does not end in time is told to, and will be run again', async () => {
    const own = await start();
    const entered = gate();
    const aborted = Promise.withResolvers<boolean>();
    await own.work(queue('unfinished'), (_note, signal) => {
      entered.open();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.resolve(true);
          reject(new Error('aborted'));
        });
      });
    });
    await world.database.transaction(acme, (trx) => jobs.enqueue(trx, queue('unfinished'), { n: 1 }));
    await entered.opened;
    await own.stop(1);
    expect(await aborted.promise).toBe(true);
    expect(await waiting('unfinished')).toEqual([[{ n: 1 }, 'retry']]);
  });
});

describe('the workers of incidents', () => {
  test('a dry run goes to the agent and comes back as a command, once, also when the worker is called again', async () => {
    await startIncidentWorkers({ jobs, kernel: world.kernel, adapters: new Map([['simulate', agent]]), database: world.database });
    const orchestrationId = await propose(world, await openIncident(world, { groupKey: 'workers' }));
    let tries = 0;
    calls = async () => {
      tries += 1;
      if (tries === 1) throw new Error('this process dies');
      return { succeeded: true, answered: true, detail: { body: { changes: ['x'] } } };
    };
    resultOf(await world.govern('orchestration.dry_run', rosa, { orchestrationId }));
    await expect.poll(async () => (await orchestrationNow(world, orchestrationId)).status, soon).toBe('DRY_RUN_PASSED');
    const { runId } = await orchestrationNow(world, orchestrationId);
    expect(called).toEqual([runId, runId]); // the agent can tell that it is the same run
    const recorded = await entries(world, 'orchestration.record_dry_run');
    expect(recorded).toMatchObject([
      {
        subject: `orchestration:${orchestrationId}`,
        actor: { id: 'service:orchestrator' },
        data: { input: { context: { channel: 'job' } }, decision: { result: 'ALLOW' } },
      },
    ]);
  });

  test.each([
    ['of a run that nobody decided', { runId: newId('run') }],
    ['of another tenant', { tenant: globex }],
    ['with another remedy', { remedy: { adapter: 'simulate', operation: 'drop.database', targets: ['all'], parameters: {} } }],
  ])('a job %s reaches no agent', async (_name, forged) => {
    const orchestrationId = await propose(world, await openIncident(world, { groupKey: `forged-${newId('run')}` }));
    enqueueOf = undefined; // decided, but its job is not there
    resultOf(await world.govern('orchestration.dry_run', rosa, { orchestrationId }));
    enqueueOf = jobs;
    const { runId } = await orchestrationNow(world, orchestrationId);
    const data = { tenant: acme, orchestrationId, runId, remedy, ...forged };
    await world.database.transaction(acme, (trx) => jobs.enqueue<object>(trx, { ...dryRunQueue, carries: {} }, data));
    await expect
      .poll(() => query(world.ownerUrl, `select state from pgboss.job where data->>'orchestrationId' = $1`, [orchestrationId]), soon)
      .toEqual([{ state: 'completed' }]);
    expect([called, (await orchestrationNow(world, orchestrationId)).status]).toEqual([[], 'DRY_RUNNING']);
  });

  test('an execution is carried out and its outcome recorded', async () => {
    const incidentId = await openIncident(world, { groupKey: 'workers-2' });
    const orchestrationId = await propose(world, incidentId);
    resultOf(await world.govern('orchestration.dry_run', rosa, { orchestrationId }));
    await expect.poll(async () => (await orchestrationNow(world, orchestrationId)).status, soon).toBe('DRY_RUN_PASSED');
    const { planHash } = await orchestrationNow(world, orchestrationId);
    resultOf(await world.govern('orchestration.approve', sam, { orchestrationId, planHash, justification: why }));
    resultOf(await world.govern('orchestration.execute', rosa, executeArgs({ incidentId, orchestrationId, planHash: planHash ?? '' })));
    await expect.poll(async () => (await orchestrationNow(world, orchestrationId)).status, soon).toBe('EXECUTED');
    expect((await orchestrationNow(world, orchestrationId)).outcome).toEqual({
      agent: 'simulate',
      simulation: true,
      body: { changes: ['would have run restart.service on checkout-1', 'would have run restart.service on checkout-2'] },
    });
  });
});
