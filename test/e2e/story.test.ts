import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyProof } from '../../src/ledger/verify/index.ts';
import { type Agent, startAgent } from '../support/agent.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { gate } from '../support/gate.ts';
import { query } from '../support/postgres.ts';
import { act, approved, mfa, mutate, openIncident, reached, readOrchestration, remedy } from '../support/walk.ts';

const agentToken = 'agent-token-0123456789';
let agent: Agent;
let gateway: TestGateway;

beforeAll(async () => {
  agent = await startAgent();
  const agents = [{ name: 'prod', url: agent.url, timeoutSeconds: 5, bearer: { env: 'AGENT_TOKEN' } }];
  gateway = await startTestGateway({ settings: { adapters: { agents } }, env: { AGENT_TOKEN: agentToken } });
});
afterAll(async () => {
  await gateway.stop();
  await agent.stop();
});

type Entry = {
  seq: number;
  entryId: string;
  type: string;
  actor: string;
  leafHash: string;
  prev: string | null;
  data: { decision: { result: string; ruleId: string } };
};

async function timeline(subject: string): Promise<readonly Entry[]> {
  const document = 'query ($subject: String!) { timeline(subject: $subject) { entries { seq entryId type actor leafHash prev data } } }';
  const { data } = await gateway.graphql<{ timeline: { entries: Entry[] } }>('auditor', document, { subject });
  return data.timeline.entries;
}

describe('one incident, from the alert to the proof', () => {
  let incidentId: string;
  let id: string;
  let planHash: string;
  const executing = () => ({ orchestrationId: id, planHash });

  it('an alert opens a P1; a responder takes it and proposes a remedy', async () => {
    incidentId = await openIncident(gateway, 'story', { labels: { alertname: 'BackendServiceDown', service: 'checkout' } });
    const taken = await act(gateway, 'acknowledge', { incidentId }, { as: 'responder' });
    expect(taken.incident).toEqual({ id: incidentId, status: 'ACKNOWLEDGED' });
    const proposed = await act(gateway, 'propose', { ...remedy, incidentId, adapter: 'prod' }, { as: 'sre' });
    expect(proposed.orchestration).toMatchObject({ stage: 'SUGGEST', status: 'PROPOSED', simulated: false, planHash: null });
    id = proposed.orchestration?.id ?? '';
    expect(agent.calls).toEqual([]);
  });

  it('cannot be executed or approved before it was tried', async () => {
    const input = { orchestrationId: id, planHash: `sha256:${'0'.repeat(64)}` };
    const early = await act(gateway, 'execute', input, { as: 'responder', over: mfa });
    expect([early.decision.result, early.decision.ruleId, early.orchestration]).toEqual(['DENY', 'orchestration.stage', null]);
    const blind = await act(gateway, 'approve', { ...input, justification: 'it will be fine' }, { as: 'org-admin' });
    expect(blind.decision.rules.map(({ ruleId }) => ruleId)).toContain('orchestration.dry_run_passed');
  });

  it('the agent says what it would change', async () => {
    const answer = gate();
    agent.state.held = answer.opened;
    const running = await act(gateway, 'dryRun', { orchestrationId: id }, { as: 'sre' });
    expect(running.orchestration).toMatchObject({ stage: 'DRY_RUN', status: 'DRY_RUNNING', planHash: null });
    answer.open();
    const passed = await reached(gateway, id, 'DRY_RUN_PASSED', 'DRY_RUN_FAILED');
    expect(passed).toMatchObject({ status: 'DRY_RUN_PASSED', planHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    planHash = passed.planHash ?? '';
    expect(agent.calls).toEqual([
      {
        verb: 'dry-run',
        key: expect.stringMatching(/^run_[0-9a-f-]{36}$/),
        authorization: `Bearer ${agentToken}`,
        body: {
          orchestrationId: id,
          runId: agent.calls[0]?.key,
          adapter: 'prod',
          operation: 'restart',
          targets: ['checkout-1'],
          parameters: { graceSeconds: 5 },
        },
      },
    ]);
  });

  it('who proposed it may not approve it, and is told what to do', async () => {
    const own = await act(gateway, 'approve', { ...executing(), justification: 'I know what I do' }, { as: 'sre' });
    expect(own.orchestration).toBeNull();
    expect(own.decision).toMatchObject({
      result: 'DENY',
      ruleId: 'orchestration.four_eyes_approve',
      explanation: '`sre@alpha` proposed this remedy and cannot approve it',
      rules: [
        {
          ruleId: 'orchestration.four_eyes_approve',
          effect: 'DENY',
          explanation: '`sre@alpha` proposed this remedy and cannot approve it',
          remedy: 'ask another sre or org-admin to approve',
        },
      ],
    });
  });

  it('another one may', async () => {
    const other = await act(gateway, 'approve', { ...executing(), justification: 'I looked at the plan' }, { as: 'org-admin' });
    expect(other.orchestration).toMatchObject({ stage: 'APPROVE', status: 'APPROVED' });
  });

  it('who approved it may not be the one to execute it', async () => {
    const { decision } = await act(gateway, 'execute', executing(), { as: 'org-admin', over: mfa });
    expect([decision.result, decision.ruleId]).toEqual(['DENY', 'orchestration.four_eyes_execute']);
  });

  it('to execute on a P1 asks for a second factor, and the same key then does it, once', async () => {
    const asked = await mutate(gateway, 'execute', executing(), { as: 'responder', key: 'execute-the-story' });
    expect(asked.headers.get('x-ig-rule-id')).toBe('orchestration.step_up');
    expect(asked.data['execute']).toMatchObject({
      orchestration: null,
      decision: {
        result: 'STEP_UP',
        ruleId: 'orchestration.step_up',
        explanation: 'executing on a P1 needs a second factor within the last 900 s',
        challenge: { acrValues: 'urn:countersign:acr:mfa', maxAge: 900 },
        rules: [{ effect: 'STEP_UP', remedy: 'sign in again with a second factor, then repeat the call with the same idempotency key' }],
      },
    });
    expect(agent.callsOf('execute')).toEqual([]);
    const answer = gate();
    agent.state.held = answer.opened;
    const done = await mutate(gateway, 'execute', executing(), { as: 'responder', key: 'execute-the-story', over: mfa });
    answer.open();
    expect(done.data['execute']?.orchestration).toMatchObject({ stage: 'EXECUTE', status: 'EXECUTING', executedBy: 'responder@alpha' });
    const { status, outcome } = await reached(gateway, id, 'EXECUTED', 'EXECUTION_FAILED');
    expect({ status, outcome }).toEqual({
      status: 'EXECUTED',
      outcome: {
        agent: 'prod',
        httpStatus: 200,
        attempts: 1,
        body: { changed: ['checkout-1'] },
        bodyDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        cut: false,
      },
    });
    const again = await mutate(gateway, 'execute', executing(), { as: 'responder', key: 'execute-the-story', over: mfa });
    expect(again.data['execute']?.decision).toEqual(done.data['execute']?.decision);
    expect(again.data['execute']?.receipt).toEqual(done.data['execute']?.receipt);
    expect(agent.callsOf('execute').map(({ key }) => key)).toEqual([expect.stringMatching(/^run_[0-9a-f-]{36}$/)]);
    expect(agent.callsOf('execute')[0]?.key).not.toBe(agent.calls[0]?.key);
  });

  it('is over when a person says so', async () => {
    const { incident } = await act(gateway, 'resolve', { incidentId, summary: 'restarted' }, { as: 'responder' });
    expect(incident?.status).toBe('RESOLVED');
  });

  it('the timeline tells all of it, in order', async () => {
    const entries = await timeline(`incident:${incidentId}`);
    expect(entries.map(({ type, actor, data }) => [type, actor, data.decision.result, data.decision.ruleId])).toEqual([
      ['alert.receive', 'service:alertmanager-test', 'ALLOW', 'alert.service_grant'],
      ['incident.acknowledge', 'responder@alpha', 'ALLOW', 'incident.role_grant'],
      ['orchestration.propose', 'sre@alpha', 'ALLOW', 'orchestration.role_grant'],
      ['orchestration.execute', 'responder@alpha', 'DENY', 'orchestration.stage'],
      ['orchestration.approve', 'org-admin@alpha', 'DENY', 'orchestration.stage'],
      ['orchestration.dry_run', 'sre@alpha', 'ALLOW', 'orchestration.role_grant'],
      ['orchestration.record_dry_run', 'service:orchestrator', 'ALLOW', 'orchestration.role_grant'],
      ['orchestration.approve', 'sre@alpha', 'DENY', 'orchestration.four_eyes_approve'],
      ['orchestration.approve', 'org-admin@alpha', 'ALLOW', 'orchestration.role_grant'],
      ['orchestration.execute', 'org-admin@alpha', 'DENY', 'orchestration.four_eyes_execute'],
      ['orchestration.execute', 'responder@alpha', 'STEP_UP', 'orchestration.step_up'],
      ['orchestration.execute', 'responder@alpha', 'ALLOW', 'orchestration.role_grant'],
      ['orchestration.record_outcome', 'service:orchestrator', 'ALLOW', 'orchestration.role_grant'],
      ['incident.resolve', 'responder@alpha', 'ALLOW', 'incident.role_grant'],
    ]);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index)); // nothing else was done in this log
    expect(entries.slice(1).map(({ prev }) => prev)).toEqual(entries.slice(0, -1).map(({ leafHash }) => leafHash));
    const remedyEntries = await timeline(`orchestration:${id}`);
    expect(remedyEntries.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('and an entry proves itself offline, not with one byte changed', async () => {
    const [, , , , , , , , approval] = await timeline(`incident:${incidentId}`);
    const document =
      'query ($id: ID!) { checkpoint { verifierKey } entryProof(entryId: $id) { proof { leaf seq path checkpoint verifierKey } } }';
    type Proof = { leaf: string; seq: number; path: string[]; checkpoint: string; verifierKey: string };
    const { data } = await gateway.graphql<{ checkpoint: { verifierKey: string }; entryProof: { proof: Proof } }>('auditor', document, {
      id: approval?.entryId,
    });
    const { proof } = data.entryProof;
    const key = data.checkpoint.verifierKey;
    expect(proof.verifierKey).toBe(key);
    expect(verifyProof(proof, key)).toMatchObject({
      seq: 8,
      type: 'orchestration.approve',
      actor: { id: 'org-admin@alpha' },
      log: 'alpha',
    });
    for (const altered of [
      { ...proof, leaf: proof.leaf.replace('org-admin@alpha', 'org-admin@alphb') },
      { ...proof, seq: 7 },
      { ...proof, path: proof.path.slice(1) },
      { ...proof, checkpoint: proof.checkpoint.replace(/\n\d+\n/, '\n9999\n') },
    ])
      expect(() => verifyProof(altered, key)).toThrow();
  });
});

describe('an approved plan', () => {
  it('executed by twenty at once runs exactly once', async () => {
    const plan = await approved(gateway, await openIncident(gateway, 'twenty'), { adapter: 'prod' });
    const before = agent.callsOf('execute').length;
    const input = { orchestrationId: plan.id, planHash: plan.planHash };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => act(gateway, 'execute', input, { as: n % 2 === 0 ? 'responder' : 'org-admin', over: mfa })),
    );
    const results = answers.map(({ decision }) => [decision.result, decision.ruleId].join(' ')).toSorted();
    expect(results).toEqual(['ALLOW orchestration.role_grant', ...Array.from({ length: 19 }, () => 'DENY orchestration.stage')]);
    await reached(gateway, plan.id, 'EXECUTED');
    expect(agent.callsOf('execute').length).toBe(before + 1);
    const [job] = await query(
      gateway.database.ownerUrl,
      `select count(*)::int as n from pgboss.job where data->>'orchestrationId' = $1 and name = 'orchestration-execute'`,
      [plan.id],
    );
    expect(job).toEqual({ n: 1 });
  });

  it('executed twenty times under one key by one person is one decision', async () => {
    const plan = await approved(gateway, await openIncident(gateway, 'one-key'), { adapter: 'prod' });
    const before = agent.callsOf('execute').length;
    const input = { orchestrationId: plan.id, planHash: plan.planHash };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => act(gateway, 'execute', input, { as: 'responder', key: 'twenty-times', over: mfa })),
    );
    expect(new Set(answers.map(({ decision }) => decision.decisionId)).size).toBe(1);
    expect(new Set(answers.map(({ decision }) => decision.result))).toEqual(new Set(['ALLOW']));
    await reached(gateway, plan.id, 'EXECUTED');
    expect(agent.callsOf('execute').length).toBe(before + 1);
  });

  it('is not executed while the kill switch is engaged', async () => {
    const plan = await approved(gateway, await openIncident(gateway, 'kill-switch'), { adapter: 'prod' });
    const before = agent.callsOf('execute').length;
    const engage = (enabled: boolean) => ({ key: 'remediation.kill-switch', enabled, justification: 'stop all remediation' });
    await act(gateway, 'setFlag', engage(true), { as: 'sre' });
    const input = { orchestrationId: plan.id, planHash: plan.planHash };
    const { decision, orchestration } = await act(gateway, 'execute', input, { as: 'responder', over: mfa });
    expect(orchestration).toBeNull();
    expect(decision).toMatchObject({
      result: 'DENY',
      ruleId: 'orchestration.kill_switch',
      explanation: 'the kill switch `remediation.kill-switch` is engaged',
      rules: [{ remedy: 'wait until an sre or org-admin releases the flag `remediation.kill-switch`' }],
    });
    expect((await readOrchestration(gateway, plan.id)).status).toBe('APPROVED');
    await act(gateway, 'setFlag', engage(false), { as: 'sre' });
    expect((await act(gateway, 'execute', input, { as: 'responder', over: mfa })).decision.result).toBe('ALLOW');
    await reached(gateway, plan.id, 'EXECUTED');
    expect(agent.callsOf('execute').length).toBe(before + 1);
  });

  it('that the agent refuses has failed, with what it said', async () => {
    const plan = await approved(gateway, await openIncident(gateway, 'refused'), { adapter: 'prod' });
    agent.state.status = 409;
    agent.state.answer = { error: 'another deployment is under way' };
    try {
      await act(gateway, 'execute', { orchestrationId: plan.id, planHash: plan.planHash }, { as: 'responder', over: mfa });
      const { status, outcome } = await reached(gateway, plan.id, 'EXECUTED', 'EXECUTION_FAILED');
      expect({ status, outcome }).toMatchObject({
        status: 'EXECUTION_FAILED',
        outcome: { httpStatus: 409, attempts: 1, body: { error: 'another deployment is under way' } },
      });
    } finally {
      agent.state.status = 200;
      agent.state.answer = { changed: ['checkout-1'] };
    }
  });

  it('whose agent answers a number that no one can keep exactly still ends, with the answer as it came', async () => {
    const plan = await approved(gateway, await openIncident(gateway, 'odd-answer'), { adapter: 'prod' });
    agent.state.answer = { id: 1e30 };
    try {
      await act(gateway, 'execute', { orchestrationId: plan.id, planHash: plan.planHash }, { as: 'responder', over: mfa });
      expect(await reached(gateway, plan.id, 'EXECUTED', 'EXECUTION_FAILED')).toMatchObject({
        status: 'EXECUTED',
        outcome: { body: '{"id":1e+30}' },
      });
    } finally {
      agent.state.answer = { changed: ['checkout-1'] };
    }
  });
});
