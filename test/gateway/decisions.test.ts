import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { query } from '../support/postgres.ts';
import { act, approved, mfa, mutate, openIncident } from '../support/walk.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };

describe('headers name the decisions of an answer', () => {
  it('none when nothing was decided', async () => {
    const { headers } = await gateway.graphql('viewer', '{ viewer { id } }');
    expect([headers.get('x-ig-decision-id'), headers.get('x-ig-rule-id')]).toEqual([null, null]);
  });

  it('one', async () => {
    const { headers, data } = await mutate(gateway, 'setFlag', flag, { as: 'sre' });
    expect(headers.get('x-ig-decision-id')).toBe(data['setFlag']?.decision.decisionId);
    expect(headers.get('x-ig-rule-id')).toBe('flag.role_grant');
  });

  it('a governed query as well', async () => {
    const { headers } = await gateway.graphql('auditor', '{ timeline(subject: "flag:search.index") { decision { decisionId } } }');
    expect(headers.get('x-ig-decision-id')).toMatch(/^dec_[0-9a-f-]{36}$/);
    expect(headers.get('x-ig-rule-id')).toBe('ledger.role_grant');
  });

  it('several, in the order of the operation', async () => {
    const document = `mutation {
      one: setFlag(input: { key: "a", enabled: true, justification: "long enough why" }) { decision { decisionId } }
      two: setFlag(input: { key: "b", enabled: true, justification: "short" }) { decision { decisionId } }
      three: acknowledge(input: { incidentId: "inc_01890a5d-ac96-774b-bcce-b302099a8057" }) { decision { decisionId } }
    }`;
    const { headers, data } = await gateway.graphql<Record<string, { decision: { decisionId: string } }>>('sre', document);
    const ids = [data['one'], data['two'], data['three']].map((payload) => payload?.decision.decisionId);
    expect(headers.get('x-ig-decision-id')).toBe(ids.join(', '));
    expect(headers.get('x-ig-rule-id')).toBe('flag.role_grant, flag.justification, core.resource_known');
  });
});

describe('who only looks on', () => {
  it('learns that the answer is no, not why; the ledger keeps the rule', async () => {
    const { headers, data } = await mutate(gateway, 'setFlag', flag, { as: 'viewer' });
    const payload = data['setFlag'];
    const id = payload?.decision.decisionId ?? '';
    expect(payload?.decision).toEqual({
      decisionId: id,
      result: 'DENY',
      ruleId: 'policy.masked',
      explanation: `this is not permitted; an org-admin sees why in the entry \`${payload?.receipt.entryId}\` of the ledger`,
      rules: [],
      challenge: null,
    });
    expect(headers.get('x-ig-rule-id')).toBe('policy.masked');
    const [row] = await query(
      gateway.database.ownerUrl,
      `select convert_from(body, 'utf8')::json as leaf from ledger_leaf where entry_id = $1`,
      [payload?.receipt.entryId],
    );
    expect(row).toMatchObject({
      leaf: {
        type: 'flag.set',
        actor: { id: 'viewer@alpha', kind: 'human' },
        data: { effect: null, decision: { decisionId: id, result: 'DENY', ruleId: 'default.no_grant' } },
      },
    });
  });

  it('does not learn it from the timeline either', async () => {
    const { data } = await gateway.graphql<{ timeline: { decision: { result: string; ruleId: string }; entries: null } }>(
      'viewer',
      '{ timeline(subject: "flag:search.index") { decision { result ruleId } entries { data } } }',
    );
    expect(data.timeline).toEqual({ decision: { result: 'DENY', ruleId: 'policy.masked' }, entries: null });
  });
});

describe('a decision carries', () => {
  it('every unmet requirement, in order of precedence', async () => {
    const incidentId = await openIncident(gateway, 'every-rule');
    const { id, planHash } = await approved(gateway, incidentId);
    const input = { orchestrationId: id, planHash, justification: 'brief' };
    const { decision } = await act(gateway, 'approve', input, { as: 'responder', over: { deviceTrust: 'low' } });
    expect(decision.rules.map(({ ruleId }) => ruleId)).toEqual([
      'default.no_grant',
      'core.device_trust',
      'orchestration.stage',
      'orchestration.four_eyes_approve',
      'orchestration.justification',
    ]);
    expect(decision.ruleId).toBe('default.no_grant');
  });

  it('the policy that decided, and whom it concerned', async () => {
    const { data } = await gateway.graphql<{ setFlag: { decision: object } }>(
      'sre',
      `mutation ($input: SetFlagInput!) { setFlag(input: $input) { decision { action obligations tenant purpose policy { revision } inputDigest ts micros } } }`,
      { input: flag },
      mfa,
    );
    expect(data.setFlag.decision).toEqual({
      action: 'flag.set',
      obligations: [],
      tenant: 'alpha',
      purpose: 'operations',
      policy: { revision: gateway.running.policyRevision },
      inputDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      micros: expect.any(Number),
    });
  });
});
