import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startAgent } from '../support/agent.ts';
import { operation, startTestGateway, type TestGateway } from '../support/countersign.ts';
import { eventually } from '../support/deadline.ts';
import { gate } from '../support/gate.ts';
import { lockWaiters } from '../support/locks.ts';
import { connected, query } from '../support/postgres.ts';
import { act, approved, mfa, mutation, openIncident } from '../support/walk.ts';

/** One request on a connection of its own: what `fetch` keeps alive would change what is tested. */
function ask(
  url: string,
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number | undefined; connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(`${url}${path}`, { method, agent: false, headers: init.headers as Record<string, string> }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => resolve({ status: response.statusCode, connection: response.headers.connection, body }));
    });
    sending.once('error', reject).end(init.body);
  });
}

/** Whether anybody listens there. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function sessions(gateway: TestGateway): Promise<number> {
  const [row] = await query(
    gateway.database.ownerUrl,
    'select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  return Number(row?.['n']);
}

describe('a graceful stop', () => {
  it('lets what is under way finish, answers 503 to what is new, still says that it lives, then closes everything', async () => {
    const gateway = await startTestGateway();
    const { url, issuer } = gateway.running;
    await query(gateway.database.ownerUrl, `insert into flag values ('alpha', 'held', true, null, 'r', 's', now())`);
    const setHeld = operation(await gateway.token('sre'), mutation('setFlag'), {
      input: { key: 'held', enabled: false, justification: 'finish what is under way' },
    });
    const { stopping, finished } = await connected(gateway.database.ownerUrl, async (holder) => {
      await holder.query('begin');
      await holder.query(`select from flag where key = 'held' for update`);
      const underWay = ask(url, 'POST', '/graphql', setHeld);
      await lockWaiters(gateway.database.ownerUrl, 1);
      const stop = gateway.running.stop();

      const refused = await ask(url, 'POST', '/graphql', setHeld);
      expect({ ...refused, body: JSON.parse(refused.body) }).toEqual({
        status: 503,
        connection: 'close',
        body: {
          type: 'about:blank',
          title: 'this gateway is stopping',
          status: 503,
          code: 'govern.stopping',
          remedy: 'repeat the call; another gateway will take it',
        },
      });
      expect((await ask(url, 'POST', '/webhooks/alertmanager')).status).toBe(503);
      expect((await ask(url, 'GET', '/health')).status).toBe(200);
      const ready = await ask(url, 'GET', '/ready');
      expect([ready.status, JSON.parse(ready.body)]).toEqual([
        503,
        expect.objectContaining({ status: 'not ready', stopping: true, database: 'ok' }),
      ]);
      expect((await ask(url, 'GET', '/metrics')).status).toBe(200);
      await holder.query('rollback');
      return { stopping: stop, finished: await underWay };
    });
    expect(finished.status).toBe(200);
    const { setFlag } = JSON.parse(finished.body).data;
    expect([setFlag.decision.result, setFlag.receipt.status, setFlag.flag]).toEqual([
      'ALLOW',
      'SEQUENCED',
      { key: 'held', enabled: false },
    ]);
    await stopping;
    expect([await listens(url), await listens(issuer ?? '')]).toEqual([false, false]);
    // Every pool is ended: the gateway's own, that of the jobs, and what listens for notifications. The test has none open.
    await eventually('no session is left', async () => ((await sessions(gateway)) === 0 ? true : undefined));
    await gateway.stop();
  });

  it('lets a run that an agent carries out report, so that it is not done again', async () => {
    const agent = await startAgent();
    const gateway = await startTestGateway({ settings: { adapters: { agents: [{ name: 'prod', url: agent.url }] } } });
    try {
      const { id, planHash } = await approved(gateway, await openIncident(gateway, 'stop'), { adapter: 'prod' });
      const answer = gate();
      agent.state.held = answer.opened;
      await act(gateway, 'execute', { orchestrationId: id, planHash }, { as: 'responder', over: mfa });
      await eventually('the agent is asked', () => (agent.callsOf('execute').length === 1 ? true : undefined));
      const stopping = gateway.running.stop();
      answer.open();
      await stopping;
      const [row] = await query(gateway.database.ownerUrl, 'select status, outcome from orchestration where id = $1', [id]);
      expect(row?.['status']).toBe('EXECUTED');
      expect(agent.callsOf('execute').length).toBe(1);
    } finally {
      await gateway.stop();
      await agent.stop();
    }
  });

  it('does not wait for ever: what outlasts the drain time is given up, with nothing half done', async () => {
    const gateway = await startTestGateway({ settings: { server: { drainSeconds: 1 } } });
    await query(gateway.database.ownerUrl, `insert into flag values ('alpha', 'held', true, null, 'r', 's', now())`);
    const setHeld = operation(await gateway.token('sre'), mutation('setFlag'), {
      input: { key: 'held', enabled: false, justification: 'finish what is under way' },
    });
    await connected(gateway.database.ownerUrl, async (holder) => {
      await holder.query('begin');
      await holder.query(`select from flag where key = 'held' for update`);
      const underWay = ask(gateway.url, 'POST', '/graphql', setHeld).then(
        ({ status }) => status,
        () => 'the connection ended',
      );
      await lockWaiters(gateway.database.ownerUrl, 1);
      const stopping = gateway.running.stop();
      expect(await underWay).toBe('the connection ended');
      await holder.query('rollback');
      await stopping;
    });
    await gateway.stop();
  });
});
