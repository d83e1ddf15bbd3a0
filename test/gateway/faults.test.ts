import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operation, rowCounts, startTestGateway, type TestGateway } from '../support/countersign.ts';
import { cutOff } from '../support/cut-off.ts';
import { lockWaiters } from '../support/locks.ts';
import { connected, query } from '../support/postgres.ts';
import { mutate, mutation, openIncident } from '../support/walk.ts';

const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };
const masked = {
  message: 'something went wrong on our side',
  code: 'internal',
  remedy: 'repeat the call with the same idempotency key; if it lasts, tell the operators the time of the call',
};

describe('a fault of ours', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const faults = () => gateway.log.filter(({ level }) => Number(level) >= 50);

  it('is masked in a mutation, logged once, and leaves nothing', async () => {
    await query(gateway.database.ownerUrl, 'alter table flag rename column reason to motive');
    const before = await rowCounts(gateway.database);
    const { status, text, errors, headers } = await mutate(gateway, 'setFlag', flag, { as: 'sre', key: 'once-it-works' });
    expect(status).toBe(500);
    expect(errors?.map(({ message, extensions }) => ({ message, ...extensions }))).toEqual([masked]);
    expect(text).not.toMatch(/motive|reason|relation|sql|insert|\bat \/|\.ts/i);
    expect(headers.get('x-ig-decision-id')).toBeNull();
    expect(await rowCounts(gateway.database)).toEqual(before);
    expect(faults().map(({ msg }) => msg)).toEqual(['a request failed unexpectedly']);
    expect(JSON.stringify(faults()[0])).toContain('column \\"reason\\"');
  });

  it('is masked in a query and over REST', async () => {
    const known = faults().length;
    await query(gateway.database.ownerUrl, 'alter table incident rename to incident_away');
    const { errors } = await gateway.graphql('sre', '{ incidents { edges { cursor } } }');
    expect(errors?.map(({ message, extensions }) => ({ message, ...extensions }))).toEqual([masked]);
    const response = await gateway.deliver({ version: '4', groupKey: 'g', status: 'firing', receiver: 'r', alerts: [oneAlert] });
    expect({ status: response.status, type: response.headers.get('content-type'), body: await response.json() }).toEqual({
      status: 500,
      type: 'application/problem+json; charset=utf-8',
      body: { type: 'about:blank', title: masked.message, status: 500, code: 'internal', remedy: masked.remedy },
    });
    expect(faults().length).toBe(known + 2);
  });

  it('once repaired, the same key does it', async () => {
    await query(gateway.database.ownerUrl, 'alter table flag rename column motive to reason');
    await query(gateway.database.ownerUrl, 'alter table incident_away rename to incident');
    const { data } = await mutate(gateway, 'setFlag', flag, { as: 'sre', key: 'once-it-works' });
    expect(data['setFlag']?.decision.result).toBe('ALLOW');
  });
});

const oneAlert = {
  status: 'firing',
  labels: { alertname: 'HighLatency' },
  annotations: {},
  startsAt: '2026-03-02T09:58:00Z',
  fingerprint: 'f1',
};

describe('a table that a newer gateway has altered', () => {
  it('serves this one too: what it prepared before is prepared again', async () => {
    const gateway = await startTestGateway();
    try {
      const set = () => mutate(gateway, 'setFlag', flag, { as: 'sre' });
      await Promise.all([set(), set(), set(), set()]); // several connections know the statements
      await query(gateway.database.ownerUrl, 'alter table flag add column since_the_next_release text');
      const answers = await Promise.all([set(), set(), set(), set()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(answers.map(({ data }) => data?.['setFlag']?.decision.result)).toEqual(['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW']);
    } finally {
      await gateway.stop();
    }
  });
});

describe('a database that is away', () => {
  it('answers 503 with what to do, keeps nothing half done, and serves again when it is back', async () => {
    const line = await cutOff();
    const gateway = await startTestGateway({ route: line.route });
    try {
      const incidentId = await openIncident(gateway, 'away');
      expect((await gateway.send('/ready')).status).toBe(200);
      const before = await rowCounts(gateway.database);
      await line.cut();

      const ready = await gateway.send('/ready');
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ status: 'not ready', stopping: false, database: 'the database cannot be reached' });
      expect((await gateway.send('/health')).status).toBe(200);
      const { status, errors } = await mutate(gateway, 'acknowledge', { incidentId }, { as: 'responder', key: 'while-away' });
      expect(status).toBe(503);
      expect(errors?.map(({ message, extensions }) => ({ message, ...extensions }))).toEqual([
        {
          message: 'the database cannot be reached',
          code: 'storage.unavailable',
          remedy: 'repeat the call with the same idempotency key; if it lasts, see GET /ready and the log',
        },
      ]);
      const delivery = await gateway.deliver({ version: '4', groupKey: 'g', status: 'firing', receiver: 'r', alerts: [oneAlert] });
      expect([delivery.status, delivery.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await rowCounts(gateway.database)).toEqual(before);

      await line.mend();
      expect((await gateway.send('/ready')).status).toBe(200);
      const again = await mutate(gateway, 'acknowledge', { incidentId }, { as: 'responder', key: 'while-away' });
      expect(again.data['acknowledge']?.incident).toEqual({ id: incidentId, status: 'ACKNOWLEDGED' });
    } finally {
      await line.mend();
      await gateway.stop();
      await line.stop();
    }
  });

  it('and one that dies under an action: 503, and nothing of it was kept', async () => {
    const line = await cutOff();
    const gateway = await startTestGateway({ route: line.route });
    try {
      await query(gateway.database.ownerUrl, `insert into flag values ('alpha', 'held', true, null, 'r', 's', now())`);
      const before = await rowCounts(gateway.database);
      const answer = await connected(gateway.database.ownerUrl, async (holder) => {
        await holder.query('begin');
        await holder.query(`select from flag where key = 'held' for update`);
        const token = await gateway.token('sre');
        const pending = gateway.send('/graphql', operation(token, mutation('setFlag'), { input: { ...flag, key: 'held' } }));
        await lockWaiters(gateway.database.ownerUrl, 1);
        await line.cut();
        const response = await pending;
        await holder.query('rollback');
        return { status: response.status, body: await response.text() };
      });
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.body).errors[0].extensions.code).toBe('storage.unavailable');
      expect(await rowCounts(gateway.database)).toEqual(before);
    } finally {
      await line.mend();
      await gateway.stop();
      await line.stop();
    }
  });
});
