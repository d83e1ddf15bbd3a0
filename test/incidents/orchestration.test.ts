import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/index.ts';
import type { Outcome } from '../../src/govern/index.ts';
import { gate } from '../support/gate.ts';
import { sealed, unsealed } from '../support/personal.ts';
import { connected, query } from '../support/postgres.ts';
import {
  acme,
  approved,
  askDryRun,
  difference,
  dryRunPassed,
  engine,
  entries,
  executeArgs,
  olga,
  openIncident,
  openWorld,
  orchestrationNow,
  orchestrator,
  type Plan,
  propose,
  report,
  resultOf,
  rick,
  rosa,
  ruleOf,
  sam,
  untilBlocked,
  type World,
  why,
} from '../support/world.ts';

let world: World;
let group = 0;
const fresh = () => {
  group += 1;
  return { groupKey: `group-${group}` };
};
beforeAll(async () => {
  world = await openWorld({ poolSize: 24 });
});
afterAll(() => world.close());
beforeEach(() => {
  world.sent.splice(0);
  world.clock.set('2026-03-02T12:00:00.000Z');
});

const execute = (plan: Plan, who = rosa) => world.govern('orchestration.execute', who, executeArgs(plan));
const approve = ({ orchestrationId, planHash }: Plan, who = sam) =>
  world.govern('orchestration.approve', who, { orchestrationId, planHash, justification: why });
const reject = ({ orchestrationId }: Plan, who = sam) => world.govern('orchestration.reject', who, { orchestrationId, justification: why });
const runsSent = (queue: string) => world.sent.filter((job) => job.queue === queue).length;
const ofOrchestration = async (type: string, { orchestrationId }: Plan) =>
  (await entries(world, type)).filter(({ subject }) => subject === `orchestration:${orchestrationId}`);
const byRule = (outcomes: readonly Outcome[]) => {
  const counts: Record<string, number> = {};
  for (const rule of outcomes.map(ruleOf)) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
};

test('the whole way: every stage leaves its mark in row and record', async () => {
  const incidentId = await openIncident(world, fresh());
  const orchestrationId = await propose(world, incidentId);
  const proposed = await orchestrationNow(world, orchestrationId);
  expect(proposed).toEqual({
    id: orchestrationId,
    incidentId,
    stage: 'SUGGEST',
    status: 'PROPOSED',
    adapter: 'simulate',
    simulated: true,
    operation: 'restart.service',
    targets: ['checkout-1', 'checkout-2'],
    parameters: { grace: 5 },
    justification: sealed,
    proposedBy: 'usr_rosa',
    proposedAt: new Date('2026-03-02T12:00:00.000Z'),
    difference: null,
    dryRunPassed: null,
    dryRunAt: null,
    planHash: null,
    runId: null,
    executedBy: null,
    executedAt: null,
    outcome: null,
  });
  const held = { column: 'orchestration.justification', row: orchestrationId, by: 'usr_rosa', text: proposed.justification };
  expect(await unsealed(world, acme, held)).toBe(why);
  const runId = await askDryRun(world, orchestrationId);
  expect(world.sent).toEqual([
    {
      queue: 'orchestration-dry-run',
      data: {
        tenant: 'acme',
        orchestrationId,
        runId,
        remedy: { adapter: 'simulate', operation: 'restart.service', targets: ['checkout-1', 'checkout-2'], parameters: { grace: 5 } },
      },
    },
  ]);
  world.clock.advance(1_000);
  resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId)));
  const tried = await orchestrationNow(world, orchestrationId);
  expect(tried).toMatchObject({
    stage: 'DRY_RUN',
    status: 'DRY_RUN_PASSED',
    dryRunPassed: true,
    difference: { ...difference, runId },
    runId,
    dryRunAt: new Date('2026-03-02T12:00:01.000Z'),
  });
  const plan = { incidentId, orchestrationId, planHash: tried.planHash ?? '' };
  resultOf(await approve(plan));
  world.clock.advance(1_000);
  expect(resultOf(await execute(plan))).toEqual({ orchestrationId });
  const executing = await orchestrationNow(world, orchestrationId);
  expect(executing).toMatchObject({
    stage: 'EXECUTE',
    status: 'EXECUTING',
    executedBy: 'usr_rosa',
    executedAt: new Date('2026-03-02T12:00:02.000Z'),
  });
  expect(executing.runId).not.toBe(runId);
  world.clock.advance(1_500);
  const outcome = report(orchestrationId, executing.runId ?? '', { detail: { agent: 'simulate', body: {} } });
  expect(resultOf(await world.govern('orchestration.record_outcome', orchestrator, outcome))).toEqual({
    orchestrationId,
    status: 'EXECUTED',
    seconds: 3.5,
  });
  expect(await orchestrationNow(world, orchestrationId)).toMatchObject({
    stage: 'EXECUTE',
    status: 'EXECUTED',
    outcome: { agent: 'simulate', body: {} },
  });
  const timeline = await world.govern('ledger.read_timeline', rosa, { subject: `incident:${incidentId}` });
  const seen = Object(timeline.result).entries.map(({ body }: { body: string }) => JSON.parse(body));
  expect(
    seen.map(({ type, data }: { type: string; data: { effect: unknown } }) => [type, Object(data.effect)['simulated'] ?? null]),
  ).toEqual([
    ['alert.receive', null],
    ['orchestration.propose', true],
    ['orchestration.dry_run', true],
    ['orchestration.record_dry_run', true],
    ['orchestration.approve', null],
    ['orchestration.execute', true],
    ['orchestration.record_outcome', true],
  ]);
});

describe('of many who execute one approved plan exactly one does', () => {
  test.each([2, 20])('%d at once', async (number) => {
    const plan = await approved(world, fresh());
    const outcomes = await Promise.all(Array.from({ length: number }, (_, n) => execute(plan, n % 2 === 0 ? rosa : rick)));
    expect(byRule(outcomes)).toEqual({ 'ALLOW orchestration.role_grant': 1, 'DENY orchestration.stage': number - 1 });
    expect([runsSent('orchestration-execute'), (await ofOrchestration('orchestration.execute', plan)).length]).toEqual([1, number]);
    const winner = outcomes.find(({ decision }) => decision.result === 'ALLOW');
    const [allowed] = (await ofOrchestration('orchestration.execute', plan)).filter(({ data }) => Object(data).effect !== null);
    expect(await orchestrationNow(world, plan.orchestrationId)).toMatchObject({
      status: 'EXECUTING',
      runId: Object(allowed?.['data']).effect.runId,
    });
    expect(allowed?.['id']).toBe(winner?.receipt.entryId);
  });

  test('two approvals: one counts, the other is told the plan is approved', async () => {
    const plan = await dryRunPassed(world, fresh());
    const outcomes = await Promise.all([approve(plan, sam), approve(plan, olga)]);
    expect(byRule(outcomes)).toEqual({ 'ALLOW orchestration.role_grant': 1, 'DENY orchestration.stage': 1 });
    expect((await query(world.ownerUrl, 'select verdict from approval where orchestration_id = $1', [plan.orchestrationId])).length).toBe(
      1,
    );
  });
});

/** Holds a row as another transaction would, until `work` has been asked for and waits for it; then lets go. */
async function whileHeld<T>(statement: string, values: unknown[], waiting: number, work: () => Promise<T>): Promise<T> {
  return connected(world.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query(statement, values);
    const result = work();
    await untilBlocked(world, waiting);
    await client.query('rollback');
    return result;
  });
}

describe('execute races with reject', () => {
  const held = 'select from orchestration where id = $1 for update';
  test.each([
    ['execute first', ['execute', 'reject'], 'EXECUTING', ['ALLOW orchestration.role_grant', 'DENY orchestration.stage']],
    ['reject first', ['reject', 'execute'], 'REJECTED', ['ALLOW orchestration.role_grant', 'DENY orchestration.stage']],
  ])('%s: the second sees what the first did', async (_name, order, status, rules) => {
    const plan = await approved(world, fresh());
    const calls: Record<string, () => Promise<Outcome>> = { execute: () => execute(plan), reject: () => reject(plan) };
    const [first = '', second = ''] = order;
    const outcomes = await whileHeld(held, [plan.orchestrationId], 2, async () => {
      const one = calls[first]?.();
      // PostgreSQL serves those who wait for a row in their order, so the first has to wait before the second asks.
      await untilBlocked(world, 1);
      return Promise.all([one, calls[second]?.()]);
    });
    expect(outcomes.map((outcome) => outcome && ruleOf(outcome))).toEqual(rules);
    expect((await orchestrationNow(world, plan.orchestrationId)).status).toBe(status);
    expect(runsSent('orchestration-execute')).toBe(status === 'EXECUTING' ? 1 : 0);
  });
});

describe('execute races with the kill switch', () => {
  const engage = (enabled: boolean) =>
    world.govern('flag.set', sam, { key: 'remediation.kill-switch', enabled, justification: 'stop everything' });
  beforeEach(async () => {
    await query(world.ownerUrl, `delete from flag`);
  });

  test('there is a row to hold from the first execution on, and it is released', async () => {
    resultOf(await execute(await approved(world, fresh())));
    expect(await query(world.ownerUrl, `select tenant, key, enabled, rate_limit, reason, set_by from flag`)).toEqual([
      {
        tenant: 'acme',
        key: 'remediation.kill-switch',
        enabled: false,
        rate_limit: null,
        reason: 'never engaged',
        set_by: 'system:default',
      },
    ]);
  });

  test.each([
    ['before it has a row', false],
    ['when it has one', true],
  ])('%s: who decides while it is being engaged waits, and sees it', async (_name, row) => {
    if (row) resultOf(await engage(false));
    const plan = await approved(world, fresh());
    const outcome = await connected(world.ownerUrl, async (client) => {
      await client.query('begin');
      await client.query(`insert into flag values ('acme', 'remediation.kill-switch', true, null, 'engaging', 'usr_sam', now())
        on conflict (tenant, key) do update set enabled = true`);
      const executing = execute(plan);
      await untilBlocked(world, 1);
      await client.query('commit');
      return executing;
    });
    expect([ruleOf(outcome), runsSent('orchestration-execute')]).toEqual(['DENY orchestration.kill_switch', 0]);
  });

  test.each([
    ['before it has a row', false],
    ['when it has one', true],
  ])('%s: who engages it waits for an execution that is being decided', async (_name, row) => {
    if (row) resultOf(await engage(false));
    const entered = gate();
    const released = gate();
    const enqueue = async () => {
      entered.open(); // inside the effect: the switch was looked at
      await released.opened;
    };
    const held = await openWorld({ beside: world, jobs: () => ({ enqueue }) });
    const order: string[] = [];
    const plan = await approved(world, fresh());
    const executing = held
      .govern('orchestration.execute', rosa, executeArgs(plan))
      .then((outcome) => order.push(`execute ${outcome.decision.result}`));
    await entered.opened;
    const engaging = engage(true).then((outcome) => order.push(`engage ${outcome.decision.result}`));
    await untilBlocked(world, 1);
    const [during] = await query(world.ownerUrl, `select count(*)::int as n from flag where enabled`);
    expect([order, during]).toEqual([[], { n: 0 }]);
    released.open();
    await Promise.all([executing, engaging]);
    expect(order).toEqual(['execute ALLOW', 'engage ALLOW']);
    expect(ruleOf(await execute(await approved(world, fresh())))).toBe('DENY orchestration.kill_switch');
  });

  test('engaged it stops execution, and nothing else', async () => {
    const plan = await approved(world, fresh());
    resultOf(await engage(true));
    const refused = await execute(plan);
    expect(refused.decision.rules.map(({ ruleId }) => ruleId)).toEqual(['orchestration.kill_switch']);
    const orchestrationId = await propose(world, plan.incidentId);
    await askDryRun(world, orchestrationId);
    resultOf(await engage(false));
    resultOf(await execute(plan));
  });
});

describe('a change freeze', () => {
  test('stops execution while it holds', async () => {
    const plan = await approved(world, fresh());
    world.parts.freeze = { active: true, until: '2026-03-03T00:00:00Z', reason: 'quarter end' };
    const refused = await execute(plan);
    world.parts.freeze = { active: false, until: '', reason: '' };
    expect([ruleOf(refused), refused.decision.explanation]).toEqual([
      'DENY orchestration.change_freeze',
      'a change freeze holds until 2026-03-03T00:00:00Z: quarter end',
    ]);
    resultOf(await execute(plan));
  });
});

describe('a plan that drifts', () => {
  test('under another policy an approved plan is not executed, neither by its old hash nor by its new one', async () => {
    const plan = await approved(world, fresh());
    world.parts.revision = 'another';
    const byOld = await execute(plan);
    const [entry] = await ofOrchestration('orchestration.execute', plan);
    const now = Object(entry?.['data']).input.facts.orchestration.planHash;
    const byNew = await execute({ ...plan, planHash: now });
    world.parts.revision = engine.version.revision;
    expect(now).not.toBe(plan.planHash);
    expect(byOld.decision.rules.map(({ ruleId }) => ruleId)).toEqual(['orchestration.plan_hash', 'orchestration.four_eyes_execute']);
    expect(byNew.decision.rules.map(({ ruleId }) => ruleId)).toEqual(['orchestration.four_eyes_execute']);
    resultOf(await execute(plan)); // back under the policy that it was approved under
  });

  test('a new dry run that finds something else needs a new approval, one that finds the same does too', async () => {
    for (const body of [{ changes: ['three'] }, difference.body]) {
      const plan = await approved(world, fresh());
      const runId = await askDryRun(world, plan.orchestrationId);
      expect(ruleOf(await execute(plan))).toBe('DENY orchestration.stage');
      resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(plan.orchestrationId, runId, { detail: { body } })));
      const { planHash } = await orchestrationNow(world, plan.orchestrationId);
      expect(planHash).not.toBe(plan.planHash); // another look, whatever it saw
      expect(ruleOf(await execute({ ...plan, planHash: planHash ?? '' }))).toBe('DENY orchestration.stage');
    }
  });

  test('a failed dry run leaves nothing to approve', async () => {
    const incidentId = await openIncident(world, fresh());
    const orchestrationId = await propose(world, incidentId);
    const runId = await askDryRun(world, orchestrationId);
    const failed = await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId, { succeeded: false }));
    expect(resultOf(failed)).toEqual({ orchestrationId, status: 'DRY_RUN_FAILED' });
    const now = await orchestrationNow(world, orchestrationId);
    expect([now.status, now.dryRunPassed]).toEqual(['DRY_RUN_FAILED', false]);
    const [entry] = (await entries(world, 'orchestration.record_dry_run')).filter(
      ({ subject }) => subject === `orchestration:${orchestrationId}`,
    );
    expect(Object(entry?.['data']).effect.planHash).toBe(null);
    const refused = await approve({ incidentId, orchestrationId, planHash: `sha256:${'0'.repeat(64)}` });
    expect(refused.decision.rules.map(({ ruleId }) => ruleId)).toEqual([
      'orchestration.stage',
      'orchestration.dry_run_passed',
      'orchestration.plan_hash',
    ]);
  });

  test.each([
    [1_800, 'ALLOW orchestration.role_grant'],
    [1_801, 'DENY orchestration.dry_run_fresh'],
  ])('a dry run of %d seconds ago: %s', async (age, rule) => {
    const plan = await approved(world, fresh());
    world.clock.advance(age * 1_000);
    expect(ruleOf(await execute(plan))).toBe(rule);
  });
});

describe('what is known of an execution', () => {
  test.each([
    [{ succeeded: true, answered: true }, 'EXECUTED'],
    [{ succeeded: false, answered: true }, 'EXECUTION_FAILED'],
    [{ succeeded: false, answered: false }, 'EXECUTION_UNKNOWN'],
  ])('%j is %s, in the row and in the record', async (said, status) => {
    const plan = await approved(world, fresh());
    resultOf(await execute(plan));
    const { runId } = await orchestrationNow(world, plan.orchestrationId);
    resultOf(await world.govern('orchestration.record_outcome', orchestrator, report(plan.orchestrationId, runId ?? '', said)));
    expect((await orchestrationNow(world, plan.orchestrationId)).status).toBe(status);
    const [entry] = await ofOrchestration('orchestration.record_outcome', plan);
    expect(Object(entry?.['data']).effect).toEqual({ runId, status, outcome: difference, simulated: true });
    expect(ruleOf(await execute(plan))).toBe('DENY orchestration.stage'); // done, failed or unknown: not again
  });
});

describe('an incident that is over', () => {
  test('what was approved for it is not executed, and what runs is still recorded', async () => {
    const [approvedOne, running] = [await approved(world, fresh()), await approved(world, fresh())];
    resultOf(await execute(running));
    for (const { incidentId } of [approvedOne, running]) resultOf(await world.govern('incident.resolve', sam, { incidentId }));
    expect(ruleOf(await execute(approvedOne))).toBe('DENY orchestration.incident_open');
    const { runId } = await orchestrationNow(world, running.orchestrationId);
    resultOf(await world.govern('orchestration.record_outcome', orchestrator, report(running.orchestrationId, runId ?? '')));
    resultOf(await reject(approvedOne));
  });
});

describe('runs are fenced', () => {
  test('an older run, reporting late, finds nothing to report to', async () => {
    const orchestrationId = await propose(world, await openIncident(world, fresh()));
    const old = await askDryRun(world, orchestrationId);
    resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, old, { succeeded: false })));
    const current = await askDryRun(world, orchestrationId);
    const late = await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, old));
    expect([ruleOf(late), late.decision.explanation]).toEqual(['DENY core.resource_known', `there is no run \`${old}\``]);
    expect((await orchestrationNow(world, orchestrationId)).status).toBe('DRY_RUNNING');
    expect(resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, current)))['status']).toBe(
      'DRY_RUN_PASSED',
    );
  });

  test('the same run recorded twice is recorded once, with its key and without', async () => {
    const orchestrationId = await propose(world, await openIncident(world, fresh()));
    const runId = await askDryRun(world, orchestrationId);
    const record = (key?: string) => world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId), key);
    const both = await Promise.all([record(runId), record(runId)]);
    expect(both[1]).toEqual(both[0]);
    expect(ruleOf(await record())).toBe('DENY orchestration.stage');
    const recorded = (await entries(world, 'orchestration.record_dry_run')).filter(
      ({ subject }) => subject === `orchestration:${orchestrationId}`,
    );
    expect(recorded.map(({ data }) => Object(data).decision.result).toSorted()).toEqual(['ALLOW', 'DENY']);
  });

  test('a dry run does not report as an execution, nor the run of one orchestration for another', async () => {
    const [one, other] = [
      await propose(world, await openIncident(world, fresh())),
      await propose(world, await openIncident(world, fresh())),
    ];
    const runId = await askDryRun(world, one);
    await askDryRun(world, other);
    expect(ruleOf(await world.govern('orchestration.record_outcome', orchestrator, report(one, runId)))).toBe('DENY orchestration.stage');
    expect(ruleOf(await world.govern('orchestration.record_dry_run', orchestrator, report(other, runId)))).toBe('DENY core.resource_known');
    expect(ruleOf(await world.govern('orchestration.record_dry_run', sam, report(one, runId)))).toBe('DENY default.no_grant');
  });
});

describe('who does what', () => {
  test('a proposer who may approve does not approve the own plan, and an approver does not execute as the only other', async () => {
    const incidentId = await openIncident(world, fresh());
    const orchestrationId = await propose(world, incidentId, sam);
    const runId = await askDryRun(world, orchestrationId, sam);
    resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId)));
    const plan = { incidentId, orchestrationId, planHash: (await orchestrationNow(world, orchestrationId)).planHash ?? '' };
    expect(ruleOf(await approve(plan, sam))).toBe('DENY orchestration.four_eyes_approve');
    resultOf(await approve(plan, olga));
    expect(ruleOf(await execute(plan, olga))).toBe('DENY orchestration.four_eyes_execute');
    resultOf(await execute(plan, sam));
  });

  test.each(['propose', 'approve', 'reject'])('%s without a reason is refused, and the reason is kept when there is one', async (verb) => {
    const plan = await dryRunPassed(world, fresh());
    const { incidentId, orchestrationId, planHash } = plan;
    const args: Record<string, object> = {
      propose: { incidentId, adapter: 'simulate', operation: 'x', targets: ['y'] },
      approve: { orchestrationId, planHash },
      reject: { orchestrationId },
    };
    expect(ruleOf(await world.govern(`orchestration.${verb}`, sam, { ...args[verb], justification: '   short   ' }))).toBe(
      'DENY orchestration.justification',
    );
    resultOf(await world.govern(`orchestration.${verb}`, sam, { ...args[verb], justification: why }));
    const verdicts = await query(
      world.ownerUrl,
      'select id, verdict, actor, justification, plan_hash from approval where orchestration_id = $1',
      [orchestrationId],
    );
    const verdict = verb === 'approve' ? 'APPROVED' : 'REJECTED';
    const id: unknown = expect.stringMatching(/^apr_/);
    expect(verdicts).toEqual(verb === 'propose' ? [] : [{ id, verdict, actor: 'usr_sam', justification: sealed, plan_hash: planHash }]);
    for (const row of verdicts) {
      const held = { column: 'approval.justification', row: String(row['id']), by: 'usr_sam', text: row['justification'] };
      expect(await unsealed(world, acme, held)).toBe(why);
    }
  });

  test('a resolved incident takes no new proposal', async () => {
    const incidentId = await openIncident(world, fresh());
    resultOf(await world.govern('incident.resolve', sam, { incidentId }));
    expect(
      ruleOf(
        await world.govern('orchestration.propose', rosa, {
          incidentId,
          adapter: 'simulate',
          operation: 'x',
          targets: ['y'],
          justification: why,
        }),
      ),
    ).toBe('DENY orchestration.stage');
  });

  test('one approval row is written by hand for another plan: it counts for nothing', async () => {
    const plan = await dryRunPassed(world, fresh());
    await world.database.transaction(acme, (trx) =>
      sql`insert into approval values ('acme', ${newId('approval')}, ${plan.orchestrationId}, 'APPROVED', ${`sha256:${'1'.repeat(64)}`}, 'usr_olga', '', now())`.execute(
        trx,
      ),
    );
    await query(world.ownerUrl, `update orchestration set status = 'APPROVED' where id = $1`, [plan.orchestrationId]);
    expect(ruleOf(await execute(plan))).toBe('DENY orchestration.four_eyes_execute');
  });
});
