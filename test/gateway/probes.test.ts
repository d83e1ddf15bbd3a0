import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { act, approved, mfa, openIncident, reached } from '../support/walk.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const problem = (status: number, code: string, title: string) => ({ type: 'about:blank', title, status, code });

describe('paths and methods', () => {
  it.each(['/', '/nothing', '/graphql/', '/webhooks', '/webhooks/alertmanager/x', '/metrics?x=1#', '/%2e%2e/etc/passwd'])(
    '%s',
    async (path) => {
      const response = await gateway.send(path);
      if (path.startsWith('/metrics')) {
        expect(response.status).toBe(200);
        return;
      }
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 404,
        body: {
          ...problem(404, 'not_found', 'there is nothing here'),
          remedy: 'there is /health, /ready, /metrics, /webhooks/alertmanager, /ledger/, /evidence/files/, /evidence/bundles/, /graphql',
        },
      });
    },
  );

  it.each([
    ['DELETE', '/graphql', 'GET, POST, OPTIONS'],
    ['PUT', '/graphql', 'GET, POST, OPTIONS'],
    ['GET', '/webhooks/alertmanager', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/ready', 'GET, HEAD'],
    ['POST', '/metrics', 'GET'],
  ])('%s %s: 405', async (method, path, allow) => {
    const response = await gateway.send(path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 405,
      body: problem(405, 'method_not_allowed', `this takes ${allow}`),
    });
  });
});

describe('health and readiness', () => {
  it('lives', async () => {
    const response = await gateway.send('/health');
    expect([response.status, response.headers.get('cache-control'), await response.json()]).toEqual([200, 'no-store', { status: 'ok' }]);
    expect((await gateway.send('/health', { method: 'HEAD' })).status).toBe(200);
  });

  it('is ready, and says under which policy', async () => {
    const response = await gateway.send('/ready');
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        status: 'ready',
        stopping: false,
        database: 'ok',
        ledger: 'ok',
        policy: { revision: gateway.running.policyRevision, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      },
    ]);
  });
});

describe('metrics', () => {
  it('counts decisions, and orchestrations under the seed’s names', async () => {
    const incidentId = await openIncident(gateway, 'metrics');
    const { id, planHash } = await approved(gateway, incidentId);
    await act(gateway, 'execute', { orchestrationId: id, planHash }, { as: 'responder', over: mfa });
    await reached(gateway, id, 'EXECUTED');
    await act(gateway, 'reject', { orchestrationId: id, justification: 'too late for that' }, { as: 'sre' });
    const response = await gateway.send('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const lines = (await response.text()).split('\n');
    for (const line of [
      'neuralops_orchestrations_total{stage="suggest",status="success"} 1',
      'neuralops_orchestrations_total{stage="dry-run",status="success"} 1',
      'neuralops_orchestrations_total{stage="approve",status="success"} 1',
      'neuralops_orchestrations_total{stage="execute",status="success"} 1',
      'neuralops_orchestrations_total{stage="approve",status="denied"} 1',
      'neuralops_orchestration_duration_seconds_count 1',
      'countersign_decisions_total{action="alert.receive",result="ALLOW",rule="alert.service_grant"} 1',
      'countersign_decisions_total{action="orchestration.reject",result="DENY",rule="orchestration.stage"} 1',
      'countersign_governed_actions_in_flight 0',
      'countersign_ledger_failures_total 0',
      'countersign_erasures_total 0',
      'countersign_job_failures_total 0',
    ])
      expect(lines).toContain(line);
    const names = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2] ?? '');
    expect(names.filter((name) => !/^(process|nodejs)_/.test(name))).toEqual([
      'countersign_decisions_total',
      'countersign_decision_duration_seconds',
      'countersign_ledger_wait_seconds',
      'countersign_ledger_failures_total',
      'countersign_witness_requests_total',
      'countersign_witness_age_seconds',
      'countersign_ledger_publications_total',
      'countersign_erasures_total',
      'countersign_ledger_waiting_entries',
      'countersign_ledger_lag_seconds',
      'countersign_ledger_unsigned_seconds',
      'countersign_ledger_checkpoint_timestamp_seconds',
      'countersign_ledger_quarantined_entries',
      'countersign_job_failures_total',
      'countersign_governed_actions_in_flight',
      'countersign_policy_activations_total',
      'countersign_shadow_decisions_total',
      'neuralops_orchestrations_total',
      'neuralops_orchestration_duration_seconds',
      'countersign_break_glass_total',
      'countersign_evidence_published_total',
      'countersign_evidence_promotions_refused_total',
      'countersign_evidence_missing_requirements',
      'countersign_evidence_waiver_end_timestamp_seconds',
    ]);
  });

  it('names no tenant, no person and no incident', async () => {
    const text = await (await gateway.send('/metrics')).text();
    expect(text).not.toMatch(/alpha|beta|responder|inc_|orc_|dec_/);
  });
});
