import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/index.ts';
import { type Agent, startAgent } from '../support/agent.ts';
import { clientOf, type GatewayClient, testSettings, webhookKey, webhookToken } from '../support/countersign.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { eventually } from '../support/deadline.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { gate } from '../support/gate.ts';
import { freePort } from '../support/ports.ts';
import { openTestDatabase, query, type TestDatabase } from '../support/postgres.ts';
import { act, approved, mfa, openIncident, reached } from '../support/walk.ts';

let folder: string;
let agent: Agent;
let database: TestDatabase;
let env: { readonly [name: string]: string };
const running = new Set<ReturnType<typeof runCountersign>>();

beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.stop());

beforeEach(async () => {
  folder = makeFolder('crash');
  database = await openTestDatabase();
  agent.calls.splice(0);
  mkdirSync(join(folder, 'config'));
  cpSync(join(packageRoot(), 'config', 'incidents.yaml'), join(folder, 'config', 'incidents.yaml'));
  const adapters = { agents: [{ name: 'prod', url: agent.url }] };
  const auth = { devIssuer: { port: await freePort() } }; // tokens stay valid over a restart
  writeFileSync(join(folder, 'config', 'countersign.yaml'), JSON.stringify({ ...testSettings, auth, adapters }));
  env = {
    COUNTERSIGN_CONFIG: join(folder, 'config'),
    COUNTERSIGN_DATA: join(folder, 'data'),
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    WEBHOOK_TOKEN: webhookToken,
    WEBHOOK_KEY: webhookKey,
    PORT: '0',
    LOG_LEVEL: 'silent',
  };
});
afterEach(async () => {
  for (const gateway of running) await gateway.kill('SIGKILL');
  running.clear();
  await database.close();
  removeFolders([folder]);
});

async function start(): Promise<{ client: GatewayClient; process: ReturnType<typeof runCountersign> }> {
  const process = runCountersign(['start'], env, folder);
  running.add(process);
  const { url, issuer } = await process.listening();
  return { client: clientOf({ url, issuer, dataDir: join(folder, 'data'), clock: systemClock }), process };
}

async function outcomes(id: string): Promise<unknown[]> {
  const rows = await query(
    database.ownerUrl,
    `select convert_from(body, 'utf8')::json ->> 'type' as type from ledger_leaf join ledger_subject using (tenant, seq)
     where subject = $1 and convert_from(body, 'utf8')::json ->> 'type' in ('orchestration.execute', 'orchestration.record_outcome') order by seq`,
    [`orchestration:${id}`],
  );
  return rows.map(({ type }) => type);
}

describe('a gateway that is killed (kill -9)', () => {
  it('between a decision and its run: after the restart the run is done, once', async () => {
    const first = await start();
    const plan = await approved(first.client, await openIncident(first.client, 'crash'), { adapter: 'prod' });
    // From here on no worker can take a job, while deciding and enqueueing go on.
    await query(database.ownerUrl, 'revoke update on all tables in schema pgboss from countersign_app');
    const input = { orchestrationId: plan.id, planHash: plan.planHash };
    const decided = await act(first.client, 'execute', input, { as: 'responder', key: 'killed-after-this', over: mfa });
    expect(decided.orchestration?.status).toBe('EXECUTING');
    expect((await first.process.kill('SIGKILL')).signal).toBe('SIGKILL');
    expect(agent.callsOf('execute')).toEqual([]);

    const second = await start();
    const { status, outcome } = await reached(second.client, plan.id, 'EXECUTED', 'EXECUTION_FAILED');
    expect({ status, outcome }).toMatchObject({ status: 'EXECUTED', outcome: { httpStatus: 200, attempts: 1 } });
    const again = await act(second.client, 'execute', input, { as: 'responder', key: 'killed-after-this', over: mfa });
    expect(again.decision.decisionId).toBe(decided.decision.decisionId);
    expect(agent.callsOf('execute').length).toBe(1);
    expect(await outcomes(plan.id)).toEqual(['orchestration.execute', 'orchestration.record_outcome']);
  });

  it('while the agent works: another gateway asks again under the same key, and one outcome is recorded', async () => {
    const first = await start();
    const plan = await approved(first.client, await openIncident(first.client, 'crash'), { adapter: 'prod' });
    const answer = gate();
    agent.state.held = answer.opened;
    const input = { orchestrationId: plan.id, planHash: plan.planHash };
    await act(first.client, 'execute', input, { as: 'responder', over: mfa });
    await eventually('the agent is asked', () => (agent.callsOf('execute').length === 1 ? true : undefined));
    await first.process.kill('SIGKILL');
    answer.open();

    // The dead gateway's job is given to another when its heartbeat is too old; the test makes it so at once.
    await query(
      database.ownerUrl,
      `update pgboss.job set heartbeat_on = now() - interval '1 hour' where state = 'active' and heartbeat_seconds = 30`,
    );
    const second = await start();
    await eventually('the run has ended', async () => ((await outcomes(plan.id)).length === 2 ? true : undefined), 25_000);
    await reached(second.client, plan.id, 'EXECUTED');
    const keys = agent.callsOf('execute').map(({ key }) => key);
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
    expect(await outcomes(plan.id)).toEqual(['orchestration.execute', 'orchestration.record_outcome']);
  });
});

describe('a gateway that is asked to end (SIGTERM)', () => {
  it('says so, ends with 0, and leaves its database to others', async () => {
    const { client, process } = await start();
    expect((await client.send('/health')).status).toBe(200);
    const ended = await process.kill('SIGTERM');
    expect({ code: ended.code, signal: ended.signal, stderr: ended.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(ended.stdout).toMatch(/\nstopping: finishing what is under way\n$/);
  });
});
