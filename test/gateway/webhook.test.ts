import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { alert, delivery } from '../support/alerts.ts';
import { rowCounts, startTestGateway, type TestGateway, webhookKey, webhookToken } from '../support/countersign.ts';
import { lockWaiters } from '../support/locks.ts';
import { connected, query } from '../support/postgres.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

type Outcome = { readonly decisionId: string; readonly outcome: string; readonly incidentId: string | null };

async function delivered(group: string, ...alerts: readonly object[]): Promise<Outcome[]> {
  const response = await gateway.deliver(delivery(group, ...alerts));
  const body = (await response.json()) as { received: number; outcomes: Outcome[] };
  expect({ status: response.status, received: body.received }).toEqual({ status: 200, received: alerts.length });
  return body.outcomes;
}

const outcomes = (list: readonly Outcome[]) => list.map(({ outcome }) => outcome);

type IncidentRow = {
  title: string;
  status: string;
  severity: string;
  category: string;
  region: string | null;
  source: string;
  resolvedBy: string | null;
};
async function incident(id: string | null | undefined, as = 'viewer'): Promise<IncidentRow> {
  const document = 'query ($id: ID!) { incident(id: $id) { title status severity category region source resolvedBy } }';
  const { data } = await gateway.graphql<{ incident: IncidentRow }>(as, document, { id });
  return data.incident;
}

function post(body: string, headers: Record<string, string>): Promise<Response> {
  return gateway.send('/webhooks/alertmanager', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
}

const signature = (body: string, key = webhookKey) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

describe('who delivers', () => {
  const body = JSON.stringify(delivery('who', alert()));
  const basic = `Basic ${Buffer.from(`x:${webhookToken}`).toString('base64')}`;

  it.each([
    ['no credential', {}],
    ['a wrong token', { authorization: 'Bearer webhook-token-of-alpha-012345678X' }],
    ['the token with a letter more', { authorization: `Bearer ${webhookToken}9` }],
    ['the token by another scheme', { authorization: basic }],
    ['the signing key as a token', { authorization: `Bearer ${webhookKey}` }],
    ['a signature of another body', { 'x-countersign-signature': signature(`${body} `) }],
    ['a signature by another key', { 'x-countersign-signature': signature(body, webhookToken) }],
    ['a signature of another form', { 'x-countersign-signature': signature(body).slice('sha256='.length) }],
  ])('%s: 401 and nothing happens', async (_name, headers) => {
    const before = await rowCounts(gateway.database);
    const response = await post(body, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="countersign"');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'no configured webhook source has this token or signature',
      status: 401,
      code: 'gateway.webhook_unauthorized',
      remedy: 'configure the source under `webhooks.alertmanager` and send its bearer token, or sign the body with its key',
    });
    expect(await rowCounts(gateway.database)).toEqual(before);
  });

  it('a token of the dev issuer is none either', async () => {
    const response = await post(body, { authorization: `Bearer ${await gateway.token('org-admin')}` });
    expect(response.status).toBe(401);
  });

  it('a signed body goes to the tenant of its source', async () => {
    const response = await post(body, { 'x-countersign-signature': signature(body) });
    expect(response.status).toBe(200);
    const [outcome] = ((await response.json()) as { outcomes: Outcome[] }).outcomes;
    expect(await incident(outcome?.incidentId, 'viewer@beta')).toMatchObject({ status: 'DETECTED', source: 'alertmanager:signed' });
    expect(await incident(outcome?.incidentId, 'viewer@alpha')).toBeNull();
  });
});

describe('a payload that is not Alertmanager’s', () => {
  const over = (more: object) => JSON.stringify({ ...delivery('malformed', alert()), ...more });

  it.each([
    ['no JSON', '{"version"', 'gateway.body_malformed', 'the body is not JSON in UTF-8'],
    ['a list', '[]', 'incident.payload_invalid', '`payload`: Invalid input: expected object, received array'],
    ['another version', over({ version: '3' }), 'incident.payload_invalid', '`version`: Invalid input: expected "4"'],
    [
      'an empty group key',
      over({ groupKey: '' }),
      'incident.payload_invalid',
      '`groupKey`: Too small: expected string to have >=1 characters',
    ],
    [
      'a bad date',
      over({ alerts: [alert(), alert({ startsAt: 'yesterday' })] }),
      'incident.payload_invalid',
      '`alerts.1.startsAt`: Invalid ISO datetime',
    ],
    [
      'a day that there is not',
      over({ alerts: [alert({ startsAt: '2026-02-30T00:00:00Z' })] }),
      'incident.payload_invalid',
      '`alerts.0.startsAt`: Invalid ISO datetime',
    ],
    [
      'an end without a zone',
      over({ alerts: [alert({ endsAt: '2026-03-02T10:00:00' })] }),
      'incident.payload_invalid',
      '`alerts.0.endsAt`: Invalid ISO datetime',
    ],
    [
      'a status that there is not',
      over({ alerts: [{ ...alert(), status: 'pending' }] }),
      'incident.payload_invalid',
      '`alerts.0.status`: Invalid option: expected one of "firing"|"resolved"',
    ],
    [
      'a label that is no text',
      over({ alerts: [{ ...alert(), labels: { replicas: 3 } }] }),
      'incident.payload_invalid',
      '`alerts.0.labels.replicas`: Invalid input: expected string, received number',
    ],
    [
      'two problems at once',
      over({ receiver: 1, alerts: [{ ...alert(), fingerprint: '' }] }),
      'incident.payload_invalid',
      '`receiver`: Invalid input: expected string, received number; `alerts.0.fingerprint`: Too small: expected string to have >=1 characters',
    ],
  ])('%s: 400, naming the field, and nothing happens', async (_name, body, code, title) => {
    const before = await rowCounts(gateway.database);
    const response = await post(body, { authorization: `Bearer ${webhookToken}` });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 400,
      body: {
        type: 'about:blank',
        title,
        status: 400,
        code,
        remedy: code === 'gateway.body_malformed' ? 'send a JSON object' : 'send what Alertmanager sends as webhook version 4',
      },
    });
    expect(await rowCounts(gateway.database)).toEqual(before);
  });
});

describe('delivered at least once', () => {
  it('twice, one after the other: one incident, one alert, both in the ledger', async () => {
    const [first] = await delivered('twice', alert());
    const [second] = await delivered('twice', alert());
    expect([first?.outcome, second?.outcome]).toEqual(['opened', 'duplicate']);
    expect(second?.incidentId).toBe(first?.incidentId);
    expect(second?.decisionId).not.toBe(first?.decisionId);
  });

  it('by an HA pair ten times at once: one incident, one alert, all 200', async () => {
    const all = await connected(gateway.database.ownerUrl, async (holder) => {
      await holder.query('begin');
      await holder.query('lock table incident in share mode'); // all of them get as far as opening one, if nothing keeps them apart
      const sent = Promise.all(Array.from({ length: 10 }, () => delivered('ha-pair', alert({ fingerprint: 'ha' }))));
      await lockWaiters(gateway.database.ownerUrl, 10);
      await holder.query('rollback');
      return sent;
    });
    expect(outcomes(all.flat()).toSorted()).toEqual([...Array.from({ length: 9 }, () => 'duplicate'), 'opened']);
    const ids = new Set(all.flat().map(({ incidentId }) => incidentId));
    expect(ids.size).toBe(1);
    const [alerts] = await query(gateway.database.ownerUrl, `select count(*)::int as n from alert where fingerprint = 'ha'`);
    const [incidents] = await query(gateway.database.ownerUrl, 'select count(*)::int as n from incident where id = $1', [...ids]);
    expect([alerts, incidents]).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('the same alert twice in one delivery', async () => {
    expect(outcomes(await delivered('same-delivery', alert(), alert()))).toEqual(['opened', 'duplicate']);
  });

  it('a delivery without alerts', async () => {
    expect(await delivered('none')).toEqual([]);
  });
});

describe('a group of alerts', () => {
  const one = alert({ fingerprint: 'one' });
  const two = alert({ fingerprint: 'two' });
  const end = (of: typeof one) => ({ ...of, status: 'resolved' as const, endsAt: '2026-03-02T10:30:00Z' });

  it('is one incident, resolved when the last of them has ended', async () => {
    const [opened, attached] = await delivered('pair', one, two);
    expect([opened?.outcome, attached?.outcome]).toEqual(['opened', 'attached']);
    expect(attached?.incidentId).toBe(opened?.incidentId);
    expect(outcomes(await delivered('pair', end(one), two))).toEqual(['alert_ended', 'duplicate']);
    expect((await incident(opened?.incidentId)).status).toBe('DETECTED');
    expect(outcomes(await delivered('pair', end(one), end(two)))).toEqual(['duplicate', 'resolved']);
    expect(await incident(opened?.incidentId)).toMatchObject({ status: 'RESOLVED', resolvedBy: 'service:alertmanager-test' });
  });

  it('opens a new incident when it fires again after its end', async () => {
    const again = alert({ fingerprint: 'one', startsAt: '2026-03-02T11:00:00Z' });
    const [before] = await query(gateway.database.ownerUrl, `select incident_id from alert where fingerprint = 'one'`);
    const [outcome] = await delivered('pair', again);
    expect(outcome?.outcome).toBe('opened');
    expect(outcome?.incidentId).not.toBe(before?.['incident_id']);
    expect((await incident(String(before?.['incident_id']))).status).toBe('RESOLVED');
  });

  it('a late copy of the first firing does not open one', async () => {
    expect(outcomes(await delivered('pair', one))).toEqual(['duplicate']);
  });

  it('whose end comes first is ignored, and its firing, which was still on its way, opens nothing', async () => {
    expect(await delivered('end-first', end(one))).toEqual([{ decisionId: expect.any(String), outcome: 'ignored', incidentId: null }]);
    expect(await delivered('end-first', one)).toEqual([{ decisionId: expect.any(String), outcome: 'duplicate', incidentId: null }]);
    const later = { ...one, startsAt: '2026-03-02T12:00:00Z' };
    expect(outcomes(await delivered('end-first', later))).toEqual(['opened']);
  });

  it('is another group under another key or from another source', async () => {
    const [here] = await delivered('group-a', alert({ fingerprint: 'shared' }));
    const [there] = await delivered('group-b', alert({ fingerprint: 'shared' }));
    expect([here?.outcome, there?.outcome]).toEqual(['opened', 'opened']);
    expect(there?.incidentId).not.toBe(here?.incidentId);
  });
});

describe('an alert becomes', () => {
  it.each([
    [{ alertname: 'ServiceDown' }, 'P1', 'service_outage'],
    [{ alertname: 'HighLatency', severity: 'warning' }, 'P3', 'performance_degradation'],
    [{ alertname: 'HighLatency', severity: 'critical' }, 'P1', 'performance_degradation'],
    [{ alertname: 'SecretDetected', severity: 'info' }, 'P1', 'data_leak'],
    [{ alertname: 'Whatever', category: 'security', severity: 'error' }, 'P2', 'security_breach'],
    [{ alertname: 'Whatever', severity: 'unheard of' }, 'P3', 'system_error'],
    [{}, 'P3', 'system_error'],
    [{ alertname: 'constructor', ['__proto__']: 'x' }, 'P3', 'system_error'],
  ])('%j → %s %s', async (labels, severity, category) => {
    const [outcome] = await delivered(`map-${JSON.stringify(labels)}`, alert({ labels }));
    expect(await incident(outcome?.incidentId)).toMatchObject({ severity, category, status: 'DETECTED' });
  });

  it('with the summary for a title, the region of its label, and the name where there is no summary', async () => {
    const [outcome] = await delivered('title', alert({ labels: { alertname: 'Named', region: 'eu-1' }, annotations: {} }));
    expect(await incident(outcome?.incidentId)).toMatchObject({ title: 'Named', region: 'eu-1' });
    const [nameless] = await delivered('nameless', alert({ labels: {}, annotations: {} }));
    expect((await incident(nameless?.incidentId)).title).toBe('alert without a name');
  });

  it('graver with a graver alert of its group, never lighter', async () => {
    const at = (fingerprint: string, severity: string) => alert({ fingerprint, labels: { alertname: 'X', severity } });
    const [outcome] = await delivered('graver', at('g1', 'info'));
    const severities: string[] = [];
    for (const [fingerprint, severity] of [
      ['g2', 'error'],
      ['g3', 'info'],
      ['g4', 'critical'],
    ] as const) {
      await delivered('graver', at(fingerprint, severity));
      severities.push((await incident(outcome?.incidentId)).severity);
    }
    expect(severities).toEqual(['P2', 'P2', 'P1']);
  });
});

describe('what is too much', () => {
  it('an annotation of 100 KB is cut and carries its digest', async () => {
    const long = 'ä'.repeat(50_000);
    const [outcome] = await delivered('long', alert({ annotations: { summary: long, runbook: 'short' } }));
    const [row] = await query(gateway.database.ownerUrl, 'select annotations from alert where incident_id = $1', [outcome?.incidentId]);
    expect(JSON.parse(String(row?.['annotations']))).toEqual({
      runbook: 'short',
      summary: `${'ä'.repeat(1_000)}… (cut, ${digestOf(Buffer.from(long, 'utf8'))})`,
    });
    expect((await incident(outcome?.incidentId)).title).toBe('ä'.repeat(300));
  });

  it('labels of 30 KB are cut to 20, the short ones kept, and the rest told of', async () => {
    const long = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`l0${String(n).padStart(2, '0')}`, 'v'.repeat(990)]));
    const labels = { ...long, alertname: 'SecretDetected' };
    const [outcome] = await delivered('labels', alert({ labels }));
    const [row] = await query(gateway.database.ownerUrl, 'select labels from alert where incident_id = $1', [outcome?.incidentId]);
    expect(JSON.parse(String(row?.['labels']))).toEqual({
      alertname: 'SecretDetected',
      ...Object.fromEntries(Object.entries(long).slice(0, 19)),
      '…': `11 more (cut, ${digestOf(Buffer.from(JSON.stringify(labels), 'utf8'))})`,
    });
    expect((await incident(outcome?.incidentId)).category).toBe('data_leak');
  });

  it.each(['\u0000', '\ud800'])('text that cannot be kept (%j) is replaced: the alert counts', async (character) => {
    const [outcome] = await delivered(`odd-${character.codePointAt(0)}`, alert({ annotations: { summary: `before${character}after` } }));
    expect((await incident(outcome?.incidentId)).title).toBe('before\ufffdafter');
  });
});

describe('under overload', () => {
  it('503 with Retry-After, never 429, and the delivery counts when it comes again', async () => {
    const small = await startTestGateway({ settings: { server: { maxInFlight: 1 } } });
    try {
      expect((await small.deliver(delivery('overload', alert()))).status).toBe(200);
      const more = delivery('overload', alert({ fingerprint: 'second' }));
      await connected(small.database.ownerUrl, async (holder) => {
        await holder.query('begin');
        await holder.query('select from incident for update');
        const held = small.deliver(more);
        await lockWaiters(small.database.ownerUrl, 1);
        const refused = await small.deliver(delivery('other', alert()));
        expect({ status: refused.status, after: refused.headers.get('retry-after'), body: await refused.json() }).toEqual({
          status: 503,
          after: '1',
          body: {
            type: 'about:blank',
            title: '1 governed actions are already under way',
            status: 503,
            code: 'govern.overloaded',
            remedy: 'repeat the call after a moment, with the same idempotency key',
          },
        });
        await holder.query('rollback');
        expect((await held).status).toBe(200);
      });
      expect((await small.deliver(delivery('other', alert()))).status).toBe(200);
    } finally {
      await small.stop();
    }
  });
});
