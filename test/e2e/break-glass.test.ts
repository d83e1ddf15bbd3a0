import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '../../src/core/index.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { act, mfa, mutate, openIncident, planned } from '../support/walk.ts';

const clock = fixedClock('2026-03-02T12:00:00.000Z');
let gateway: TestGateway;

beforeAll(async () => {
  const changeFreezes = [{ tenant: 'alpha', from: '2026-03-02T12:00', until: '2026-03-03T12:00', reason: 'quarter end' }];
  const calendars = [{ tenant: 'alpha', timeZone: 'Europe/Berlin' }];
  gateway = await startTestGateway({ clock, settings: { changeFreezes, calendars } });
});
afterAll(() => gateway.stop());

type Page = {
  readonly breakGlasses: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string; readonly active: boolean } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
};
const page = (as: string, variables: object = {}) =>
  gateway.graphql<Page>(
    as,
    'query ($first: Int, $after: String) { breakGlasses(first: $first, after: $after) { edges { cursor node { id active } } pageInfo { hasNextPage endCursor } } }',
    variables,
  );
const find = async (as: string, id: string) =>
  (await gateway.graphql<{ breakGlass: object | null }>(as, 'query ($id: ID!) { breakGlass(id: $id) { declaredBy active } }', { id })).data
    .breakGlass;
async function timeline(id: string): Promise<readonly string[]> {
  const document = 'query ($subject: String!) { timeline(subject: $subject) { entries { type actor } } }';
  const { data } = await gateway.graphql<{ timeline: { entries: { type: string; actor: string }[] } }>('auditor', document, {
    subject: `breakglass:${id}`,
  });
  return data.timeline.entries.map(({ type, actor }) => `${type} by ${actor}`);
}

describe('an emergency, from the declaration to its reviews', () => {
  let incidentId: string;
  let executing: { orchestrationId: string; planHash: string };
  let id: string;

  it('an approved remedy is stopped by a freeze that is written in local time', async () => {
    incidentId = await openIncident(gateway, 'emergency', { labels: { alertname: 'BackendServiceDown', service: 'checkout' } });
    const plan = await planned(gateway, incidentId);
    executing = { orchestrationId: plan.id, planHash: plan.planHash };
    await act(gateway, 'approve', { ...executing, justification: 'I looked at the plan' }, { as: 'sre' });
    const { decision } = await act(gateway, 'execute', executing, { as: 'responder', over: mfa });
    expect([decision.ruleId, decision.explanation]).toEqual([
      'orchestration.change_freeze',
      'a change freeze holds until 2026-03-03T12:00: quarter end',
    ]);
  });

  it('declaring it asks for a second factor', async () => {
    const input = { incidentId, justification: 'checkout is down and the freeze stops us', minutes: 20 };
    const asked = await act(gateway, 'declareBreakGlass', input, { as: 'responder', key: 'break-the-glass' });
    expect([asked.decision.result, asked.decision.ruleId, asked.breakGlass]).toEqual(['STEP_UP', 'breakglass.step_up', null]);
    const declared = await act(gateway, 'declareBreakGlass', input, { as: 'responder', key: 'break-the-glass', over: mfa });
    expect(declared.breakGlass).toEqual({
      id: expect.stringMatching(/^brk_[0-9a-f-]{36}$/),
      incident: { id: incidentId },
      declaredBy: 'responder@alpha',
      justification: 'checkout is down and the freeze stops us',
      active: true,
      reviewed: false,
      reviews: [],
    });
    id = declared.breakGlass?.id ?? '';
  });

  it('is seen by its tenant, and by no other', async () => {
    const seen = (await page('viewer')).data.breakGlasses;
    expect(seen).toEqual({ edges: [{ cursor: id, node: { id, active: true } }], pageInfo: { hasNextPage: false, endCursor: id } });
    expect(await find('viewer', id)).toEqual({ declaredBy: 'responder@alpha', active: true });
    expect((await page('viewer@beta')).data.breakGlasses.edges).toEqual([]);
    expect(await find('org-admin@beta', id)).toBeNull();
    expect(await find('viewer', 'brk_nonsense')).toBeNull();
  });

  it('lets its declarer execute, and nobody else', async () => {
    const other = await act(gateway, 'execute', executing, { as: 'sre', over: mfa });
    expect(other.decision.rules.map(({ ruleId }) => ruleId)).toContain('orchestration.change_freeze');
    const { data, headers } = await mutate(gateway, 'execute', executing, { as: 'responder', over: mfa });
    expect(data['execute']?.orchestration).toMatchObject({ executedBy: 'responder@alpha' });
    expect(headers.get('x-ig-rule-id')).toBe('orchestration.role_grant');
  });

  it('is reviewed by two when it has ended', async () => {
    const input = { breakGlassId: id, verdict: 'JUSTIFIED', comment: 'the pager log shows it' };
    const early = await act(gateway, 'reviewBreakGlass', input, { as: 'auditor' });
    expect(early.decision.ruleId).toBe('breakglass.ended');
    clock.advance(20 * 60_000);
    const first = await act(gateway, 'reviewBreakGlass', input, { as: 'auditor' });
    expect(first.breakGlass).toMatchObject({ active: false, reviewed: false });
    const foreign = await act(gateway, 'reviewBreakGlass', input, { as: 'auditor@beta' });
    expect([foreign.decision.ruleId, foreign.breakGlass]).toEqual(['core.resource_known', null]);
    const second = await act(gateway, 'reviewBreakGlass', { ...input, verdict: 'NOT_JUSTIFIED' }, { as: 'org-admin' });
    expect(second.breakGlass).toMatchObject({
      reviewed: true,
      reviews: [
        { reviewer: 'auditor@alpha', verdict: 'JUSTIFIED', comment: 'the pager log shows it' },
        { reviewer: 'org-admin@alpha', verdict: 'NOT_JUSTIFIED', comment: 'the pager log shows it' },
      ],
    });
  });

  it('all of it is on one timeline, counted and in the log', async () => {
    const seen = await timeline(id);
    expect(seen.filter((line) => !line.startsWith('orchestration.record_outcome'))).toEqual([
      'breakglass.declare by responder@alpha',
      'orchestration.execute by responder@alpha',
      'breakglass.review by auditor@alpha',
      'breakglass.review by auditor@alpha',
      'breakglass.review by org-admin@alpha',
    ]);
    const metrics = await (await gateway.send('/metrics')).text();
    expect(metrics.split('\n').filter((line) => line.startsWith('countersign_break_glass_total'))).toEqual([
      'countersign_break_glass_total{event="declare"} 1',
      'countersign_break_glass_total{event="use"} 1',
      'countersign_break_glass_total{event="review"} 2',
    ]);
    expect(gateway.log.filter(({ msg }) => msg === 'break-glass').map(({ event, level }) => [event, level])).toEqual([
      ['declare', 40],
      ['use', 40],
      ['review', 40],
      ['review', 40],
    ]);
  });

  it('pages go on after a cursor, and only after one', async () => {
    const input = { incidentId, justification: 'checkout is down once more, we go on', minutes: 1 };
    const next = (await act(gateway, 'declareBreakGlass', input, { as: 'sre', over: mfa })).breakGlass?.id;
    const first = (await page('viewer', { first: 1 })).data.breakGlasses;
    expect([first.edges.map(({ cursor }) => cursor), first.pageInfo.hasNextPage]).toEqual([[next], true]);
    const rest = (await page('viewer', { first: 1, after: first.pageInfo.endCursor })).data.breakGlasses;
    expect([rest.edges.map(({ cursor }) => cursor), rest.pageInfo.hasNextPage]).toEqual([[id], false]);
    expect((await page('viewer', { after: incidentId })).errors?.[0]?.message).toContain('`after` is not a cursor');
  });
});
