import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Identity } from '../../src/auth/index.ts';
import { epochSeconds, type JsonObject, newId } from '../../src/core/index.ts';
import type { Outcome } from '../../src/govern/index.ts';
import { sealed, unsealed } from '../support/personal.ts';
import { connected, query } from '../support/postgres.ts';
import {
  acme,
  ada,
  always,
  approved,
  dryRunPassed,
  entries,
  executeArgs,
  globex,
  olga,
  openIncident,
  openWorld,
  orchestrationNow,
  orchestrator,
  type Plan,
  person,
  propose,
  report,
  resultOf,
  rick,
  rosa,
  ruleOf,
  sam,
  stranger,
  untilBlocked,
  vic,
  type World,
  why,
} from '../support/world.ts';

const noon = '2026-03-02T12:00:00.000Z';
const abe = person('usr_abe', ['auditor']);
const allowed = 'ALLOW breakglass.role_grant';

let world: World;
let group = 0;
/** A P1 of its own. */
const grave = () => {
  group += 1;
  return { groupKey: `grave-${group}`, labels: { alertname: 'ServiceDown', severity: 'critical' } };
};
beforeAll(async () => {
  world = await openWorld({ poolSize: 24 });
});
afterAll(() => world.close());
beforeEach(async () => {
  await query(world.ownerUrl, 'truncate break_glass_review, break_glass');
  await query(world.ownerUrl, 'delete from flag');
  world.clock.set(noon);
  world.parts.calendar = always;
  world.parts.freeze = { active: false, until: '', reason: '' };
});

/** The same person, signed in again with a second factor just now. */
const again = ({ actor, context }: Identity): Identity => ({
  actor: { ...actor, authTime: epochSeconds(world.clock.now()) },
  context,
});
const onlyPassword = ({ actor, context }: Identity): Identity => ({ actor: { ...actor, acr: 'urn:countersign:acr:pwd' }, context });

const declare = (incidentId: string, who = rosa, over: JsonObject = {}): Promise<Outcome> =>
  world.govern('breakglass.declare', again(who), {
    incidentId,
    justification: 'nobody else is awake and checkout is down',
    minutes: 20,
    ...over,
  });
const review = (breakGlassId: string, who = ada, over: JsonObject = {}): Promise<Outcome> =>
  world.govern('breakglass.review', again(who), { breakGlassId, verdict: 'JUSTIFIED', comment: 'the pager log shows it', ...over });
const approve = ({ orchestrationId, planHash }: Plan, who = sam) =>
  world.govern('orchestration.approve', who, { orchestrationId, planHash, justification: why });
const execute = (plan: Plan, who = rosa) => world.govern('orchestration.execute', who, executeArgs(plan));
const idOf = (outcome: Outcome) => String(resultOf(outcome)['breakGlassId']);
const rows = (table: string) => query(world.ownerUrl, `select * from ${table}`);
const unmet = ({ decision }: Outcome) => decision.rules.map(({ ruleId }) => ruleId);
const freeze = () => {
  world.parts.freeze = { active: true, until: '2026-03-03T00:00:00Z', reason: 'quarter end' };
};
async function timelineOf(subject: string): Promise<string[]> {
  const { entries: seen } = resultOf(await world.govern('ledger.read_timeline', ada, { subject }));
  return Object(seen).map(({ body }: { body: string }) => {
    const { type, data } = JSON.parse(body);
    return `${type} ${data.decision.result}`;
  });
}
async function ended(incidentId: string, who = rosa): Promise<string> {
  const id = idOf(await declare(incidentId, who));
  world.clock.advance(20 * 60_000);
  return id;
}

/** Holds what both callers will wait for until both do, so that neither is done before the other has begun. */
async function whileHeld<T>(statement: string, values: unknown[], work: () => Promise<T>): Promise<T> {
  return connected(world.ownerUrl, async (client) => {
    await client.query('begin');
    await client.query(statement, values);
    const result = work();
    await untilBlocked(world, 2);
    await client.query('rollback');
    return result;
  });
}
const heldReviews = "select pg_advisory_xact_lock(hashtextextended(E'break-glass\\nacme\\n' || $1, 0))";

describe('a declaration is refused', () => {
  test.each<[string, Identity, JsonObject]>([
    ['default.no_grant', ada, {}],
    ['default.no_grant', vic, {}],
    ['breakglass.justification', rosa, { justification: 'it is down, help me' }],
    ['breakglass.time_box', rosa, { minutes: 0 }],
    ['breakglass.time_box', rosa, { minutes: 61 }],
  ])('by %s', async (rule, who, over) => {
    const incidentId = await openIncident(world, grave());
    const counted = await countOf('declare');
    const outcome = await declare(incidentId, who, over);
    expect(await countOf('declare')).toBe(counted);
    const [entry] = (await entries(world, 'breakglass.declare')).filter(({ subject }) => subject === `incident:${incidentId}`);
    expect(Object(entry?.['data']).decision.ruleId).toBe(rule);
    expect([outcome.decision.result, outcome.result, await rows('break_glass')]).toEqual(['DENY', null, []]);
  });

  test('of an incident that is not grave', async () => {
    const incidentId = await openIncident(world, { groupKey: 'mild' });
    const { decision } = await declare(incidentId);
    expect([decision.ruleId, decision.explanation]).toEqual([
      'breakglass.grave_incident',
      'the incident is a P2 and DETECTED, only an open P0 or P1 qualifies',
    ]);
  });

  test('of one that is over', async () => {
    const incidentId = await openIncident(world, grave());
    resultOf(await world.govern('incident.resolve', rosa, { incidentId }));
    expect(ruleOf(await declare(incidentId))).toBe('DENY breakglass.grave_incident');
  });

  test('of none, and of another tenant, in the same words', async () => {
    const foreign = await openIncident(world, grave(), globex);
    const none = newId('incident');
    const answers = await Promise.all([foreign, none].map(async (id) => ({ id, outcome: await declare(id) })));
    const said = answers.map(({ id, outcome }) => JSON.stringify(outcome.decision.rules).replaceAll(id, 'ID'));
    expect(said[0]).toBe(said[1]);
    expect(answers.map(({ outcome }) => ruleOf(outcome))).toEqual(['DENY core.resource_known', 'DENY core.resource_known']);
  });

  test('without a fresh second factor, which signing in again cures under the same key', async () => {
    const incidentId = await openIncident(world, grave());
    const args = { incidentId, justification: 'nobody else is awake and checkout is down', minutes: 20 };
    const asked = await world.govern('breakglass.declare', onlyPassword(rosa), args, 'declare-once');
    expect([ruleOf(asked), asked.decision.challenge]).toEqual([
      'STEP_UP breakglass.step_up',
      { acrValues: 'urn:countersign:acr:mfa', maxAge: 900 },
    ]);
    expect(ruleOf(await world.govern('breakglass.declare', rosa, args, 'declare-once'))).toBe(allowed);
    expect(await rows('break_glass')).toHaveLength(1);
  });

  test('while the last one is active, to its last millisecond', async () => {
    const incidentId = await openIncident(world, grave());
    resultOf(await declare(incidentId));
    world.clock.advance(20 * 60_000 - 1);
    const refused = await declare(incidentId);
    expect([ruleOf(refused), refused.decision.explanation]).toEqual([
      'DENY breakglass.not_active',
      'one is active already, for another 1 s',
    ]);
    expect(ruleOf(await declare(await openIncident(world, grave())))).toBe(allowed);
    expect(ruleOf(await declare(incidentId, sam))).toBe(allowed);
    world.clock.advance(1);
    expect(ruleOf(await declare(incidentId))).toBe(allowed);
  });

  test('when an earlier one ended more than 72 h ago and lacks reviews', async () => {
    const incidentId = await openIncident(world, grave());
    const id = await ended(incidentId);
    world.clock.advance(72 * 3_600_000);
    expect(ruleOf(await declare(incidentId))).toBe(allowed); // exactly 72 h ago
    world.clock.advance(21 * 60_000);
    const refused = await declare(incidentId);
    expect([ruleOf(refused), refused.decision.explanation]).toEqual([
      'DENY breakglass.reviews_done',
      '1 earlier break-glass ended more than 72 h ago with fewer than two reviews',
    ]);
    expect(ruleOf(await declare(incidentId, sam))).toBe(allowed); // it is Rosa who owes
    resultOf(await review(id, ada));
    expect(ruleOf(await declare(incidentId))).toBe('DENY breakglass.reviews_done');
    resultOf(await review(id, olga, { verdict: 'NOT_JUSTIFIED' }));
    expect(ruleOf(await declare(incidentId))).toBe(allowed);
  });
});

describe('a declaration', () => {
  test('is a row, an entry about itself, a warning and a count', async () => {
    const incidentId = await openIncident(world, grave());
    const [lines, counted] = [world.lines.length, await countOf('declare')];
    const outcome = await declare(incidentId);
    const id = idOf(outcome);
    expect(await rows('break_glass')).toEqual([
      {
        tenant: 'acme',
        id,
        incident_id: incidentId,
        declared_by: 'usr_rosa',
        justification: sealed,
        declared_at: new Date(noon),
        expires_at: new Date('2026-03-02T12:20:00.000Z'),
      },
    ]);
    const [row] = await rows('break_glass');
    const held = { column: 'break_glass.justification', row: id, by: 'usr_rosa', text: row?.['justification'] };
    expect(await unsealed(world, acme, held)).toBe('nobody else is awake and checkout is down');
    expect(await timelineOf(`breakglass:${id}`)).toEqual(['breakglass.declare ALLOW']);
    expect(await timelineOf(`incident:${incidentId}`)).toEqual(['alert.receive ALLOW', 'breakglass.declare ALLOW']);
    const warnings = world.lines.slice(lines).filter(({ level }) => level === 40);
    expect(warnings).toEqual([
      expect.objectContaining({
        msg: 'break-glass',
        event: 'declare',
        action: 'breakglass.declare',
        decisionId: outcome.decision.decisionId,
        tenant: 'acme',
        breakGlassId: id,
        incidentId,
      }),
    ]);
    expect((await countOf('declare')) - counted).toBe(1);
  });

  test('of two at once one is made', async () => {
    const incidentId = await openIncident(world, grave());
    const held = 'select from incident where id = $1 for update';
    const outcomes = await whileHeld(held, [incidentId], () => Promise.all([declare(incidentId), declare(incidentId)]));
    expect(outcomes.map(ruleOf).toSorted()).toEqual([allowed, 'DENY breakglass.not_active']);
    expect(await rows('break_glass')).toHaveLength(1);
  });

  test.each(['update break_glass set expires_at = now()', 'delete from break_glass', 'delete from break_glass_review'])(
    'cannot be undone by the application: %s',
    async (statement) => {
      await expect(query(world.appUrl, statement)).rejects.toThrow('permission denied');
    },
  );
});

async function countOf(event: string): Promise<number> {
  const { values } = await world.metrics.breakGlass.get();
  return values.find(({ labels }) => labels['event'] === event)?.value ?? Number.NaN;
}

describe('while it is active', () => {
  test('an SRE approves the own proposal and executes it, during a freeze', async () => {
    const plan = await dryRunPassed(world, grave());
    const own = { ...plan, orchestrationId: await propose(world, plan.incidentId, sam) };
    const runId = await tried(own.orchestrationId);
    const { planHash } = await orchestrationNow(world, own.orchestrationId);
    const mine = { ...own, planHash: planHash ?? '' };
    freeze();
    expect(ruleOf(await approve(mine))).toBe('DENY orchestration.four_eyes_approve');
    const id = idOf(await declare(plan.incidentId, sam));
    const counted = await countOf('use');

    const approval = await approve(mine);
    expect([ruleOf(approval), approval.decision.obligations]).toEqual(['ALLOW orchestration.role_grant', ['review_break_glass']]);
    expect(ruleOf(await execute(mine, onlyPassword(sam)))).toBe('STEP_UP orchestration.step_up');
    const execution = await execute(mine, sam);
    expect([ruleOf(execution), execution.decision.obligations]).toEqual(['ALLOW orchestration.role_grant', ['review_break_glass']]);
    expect((await countOf('use')) - counted).toBe(2);

    world.clock.advance(30 * 60_000); // ended: its outcome still belongs to it
    const now = await orchestrationNow(world, own.orchestrationId);
    expect(now.runId).not.toBe(runId);
    resultOf(await world.govern('orchestration.record_outcome', orchestrator, report(own.orchestrationId, now.runId ?? '')));
    expect(await timelineOf(`breakglass:${id}`)).toEqual([
      'breakglass.declare ALLOW',
      'orchestration.approve ALLOW',
      'orchestration.execute STEP_UP',
      'orchestration.execute ALLOW',
      'orchestration.record_outcome ALLOW',
    ]);
    const [entry] = (await entries(world, 'orchestration.execute'))
      .filter(({ data }) => Object(data).decision.result === 'ALLOW')
      .slice(-1);
    expect(Object(entry?.['data']).input.facts.breakGlass).toEqual({ id, active: true, secondsLeft: 1_200, declaredBy: 'usr_sam' });
  });

  test('its last second counts, the moment of its end does not', async () => {
    const plan = await approved(world, grave());
    resultOf(await declare(plan.incidentId, rosa, { minutes: 1 }));
    freeze();
    world.clock.advance(59_999);
    const other = await approved(world, grave()); // its incident has no break-glass
    expect(unmet(await execute(other))).toEqual(['orchestration.change_freeze']);
    world.clock.advance(1);
    expect(unmet(await execute(plan))).toEqual(['orchestration.change_freeze']);
    world.clock.advance(-1);
    expect(ruleOf(await execute(plan))).toBe('ALLOW orchestration.role_grant');
  });

  test('nobody else profits from it', async () => {
    const plan = await approved(world, grave());
    resultOf(await declare(plan.incidentId));
    freeze();
    expect(unmet(await execute(plan, rick))).toEqual(['orchestration.change_freeze']);
    const foreign = await execute(plan, stranger);
    expect(ruleOf(foreign)).toBe('DENY core.resource_known');
    expect(ruleOf(await execute(plan))).toBe('ALLOW orchestration.role_grant');
  });

  test('the kill switch stops it', async () => {
    const plan = await approved(world, grave());
    const id = idOf(await declare(plan.incidentId));
    resultOf(await world.govern('flag.set', sam, { key: 'remediation.kill-switch', enabled: true, justification: 'stop everything' }));
    const refused = await execute(plan);
    expect([unmet(refused), refused.decision.obligations]).toEqual([['orchestration.kill_switch'], []]);
    expect(await timelineOf(`breakglass:${id}`)).toEqual(['breakglass.declare ALLOW', 'orchestration.execute DENY']);
  });

  test('neither role, plan nor open incident is waived', async () => {
    const plan = await approved(world, grave());
    resultOf(await declare(plan.incidentId));
    expect(unmet(await execute({ ...plan, planHash: `sha256:${'0'.repeat(64)}` }))).toEqual(['orchestration.plan_hash']);
    const untried = await propose(world, plan.incidentId);
    expect(unmet(await execute({ ...plan, orchestrationId: untried }))).toContain('orchestration.stage');
    const approval = unmet(await approve({ ...plan, orchestrationId: untried }, rosa));
    expect([approval.includes('default.no_grant'), approval.includes('orchestration.four_eyes_approve')]).toEqual([true, false]);
    resultOf(await world.govern('incident.resolve', rosa, { incidentId: plan.incidentId }));
    expect(unmet(await execute(plan))).toEqual(['orchestration.incident_open']);
  });
});

/** Runs and records a dry run; the run's id. */
async function tried(orchestrationId: string): Promise<string> {
  resultOf(await world.govern('orchestration.dry_run', rosa, { orchestrationId }));
  const runId = String(world.sent.at(-1)?.data['runId']);
  resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId)));
  return runId;
}

describe('a review is refused', () => {
  test.each<[string, Identity, JsonObject]>([
    ['default.no_grant', rick, {}],
    ['default.no_grant', sam, {}],
    ['breakglass.comment', ada, { comment: 'too-short' }],
  ])('by %s', async (rule, who, over) => {
    const id = await ended(await openIncident(world, grave()));
    expect(ruleOf(await review(id, who, over))).toBe(`DENY ${rule}`);
    expect(await rows('break_glass_review')).toEqual([]);
  });

  test('before it has ended, to its last millisecond', async () => {
    const id = idOf(await declare(await openIncident(world, grave())));
    world.clock.advance(20 * 60_000 - 1);
    expect(ruleOf(await review(id))).toBe('DENY breakglass.ended');
    world.clock.advance(1);
    expect(ruleOf(await review(id))).toBe(allowed);
  });

  test('by who declared it', async () => {
    const id = await ended(await openIncident(world, grave()), olga);
    expect(ruleOf(await review(id, olga))).toBe('DENY breakglass.four_eyes');
  });

  test('a second time', async () => {
    const id = await ended(await openIncident(world, grave()));
    resultOf(await review(id));
    expect(ruleOf(await review(id))).toBe('DENY breakglass.review_once');
    expect(await rows('break_glass_review')).toHaveLength(1);
  });

  test('of none, and of another tenant, in the same words', async () => {
    const id = await ended(await openIncident(world, grave()));
    const none = newId('breakglass');
    const foreigner = person('usr_ada', ['auditor'], { tenant: globex });
    const answers = await Promise.all([id, none].map(async (one) => ({ one, outcome: await review(one, foreigner) })));
    const said = answers.map(({ one, outcome }) => JSON.stringify(outcome.decision.rules).replaceAll(one, 'ID'));
    expect(said[0]).toBe(said[1]);
    expect(answers.map(({ outcome }) => ruleOf(outcome))).toEqual(['DENY core.resource_known', 'DENY core.resource_known']);
  });
});

describe('a review', () => {
  test('is a row and an entry on both timelines; with the second one it is reviewed', async () => {
    const incidentId = await openIncident(world, grave());
    const id = await ended(incidentId);
    const counted = await countOf('review');
    expect(resultOf(await review(id))).toEqual({ breakGlassId: id, verdict: 'JUSTIFIED', reviewed: false });
    const second = await review(id, olga, { verdict: 'NOT_JUSTIFIED' });
    expect(resultOf(second)).toEqual({ breakGlassId: id, verdict: 'NOT_JUSTIFIED', reviewed: true });
    expect(await rows('break_glass_review')).toEqual([
      {
        tenant: 'acme',
        break_glass_id: id,
        reviewer: 'usr_ada',
        verdict: 'JUSTIFIED',
        comment: sealed,
        reviewed_at: new Date('2026-03-02T12:20:00.000Z'),
      },
      expect.objectContaining({ reviewer: 'usr_olga', verdict: 'NOT_JUSTIFIED' }),
    ]);
    const [row] = await rows('break_glass_review');
    const held = { column: 'break_glass_review.comment', row: `${id} usr_ada`, by: 'usr_ada', text: row?.['comment'] };
    expect(await unsealed(world, acme, held)).toBe('the pager log shows it');
    expect((await timelineOf(`breakglass:${id}`)).slice(1)).toEqual(['breakglass.review ALLOW', 'breakglass.review ALLOW']);
    expect((await timelineOf(`incident:${incidentId}`)).slice(2)).toEqual(['breakglass.review ALLOW', 'breakglass.review ALLOW']);
    expect((await countOf('review')) - counted).toBe(2);
  });

  test('of two reviewers at once both count', async () => {
    const id = await ended(await openIncident(world, grave()));
    const outcomes = await whileHeld(heldReviews, [id], () => Promise.all([review(id, ada), review(id, abe)]));
    expect(outcomes.map((outcome) => resultOf(outcome)['reviewed']).toSorted()).toEqual([false, true]);
    expect(await rows('break_glass_review')).toHaveLength(2);
  });

  test('of one reviewer twice at once one counts', async () => {
    const id = await ended(await openIncident(world, grave()));
    const outcomes = await whileHeld(heldReviews, [id], () => Promise.all([review(id, ada), review(id, ada)]));
    expect(outcomes.map(ruleOf).toSorted()).toEqual([allowed, 'DENY breakglass.review_once']);
    expect(await rows('break_glass_review')).toHaveLength(1);
  });
});

describe('the change window', () => {
  const sunday = { ...always, weekday: 7, window: { days: [1, 2, 3, 4, 5], from: 480, until: 1_080 } };

  test('holds up what is a P2 and not what is a P1', async () => {
    const [mild, serious] = [await approved(world, { groupKey: 'window-p2' }), await approved(world, grave())];
    world.parts.calendar = sunday;
    const refused = await execute(mild);
    expect([ruleOf(refused), refused.decision.explanation]).toEqual([
      'DENY orchestration.change_window',
      'it is Sunday 12:00 in UTC, changes are made Monday, Tuesday, Wednesday, Thursday, Friday from 08:00 to 18:00',
    ]);
    expect(ruleOf(await execute(serious))).toBe('ALLOW orchestration.role_grant');
    world.parts.calendar = { ...sunday, weekday: 1 };
    expect(ruleOf(await execute(mild))).toBe('ALLOW orchestration.role_grant');
  });
});

describe('the session', () => {
  const from = (who: Identity, over: Partial<Identity['context']>): Identity => ({ ...who, context: { ...who.context, ...over } });
  const set = (who: Identity) => world.govern('flag.set', who, { key: 'search', enabled: true, justification: 'because it is needed' });

  test.each<[string, Partial<Identity['context']>, string, string]>([
    ['an unknown zone', { zone: 'unknown' }, 'STEP_UP core.session_step_up', 'ALLOW flag.role_grant'],
    ['a risk of 50', { sessionRisk: 50 }, 'STEP_UP core.session_step_up', 'ALLOW flag.role_grant'],
    ['a risk of 80', { sessionRisk: 80 }, 'DENY core.session_risk', 'DENY core.session_risk'],
    ['a risk of 49', { sessionRisk: 49 }, 'ALLOW flag.role_grant', 'ALLOW flag.role_grant'],
  ])('with %s', async (_name, context, withPassword, withSecondFactor) => {
    expect(ruleOf(await set(from(onlyPassword(sam), context)))).toBe(withPassword);
    expect(ruleOf(await set(from(sam, context)))).toBe(withSecondFactor);
  });
});
