import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { receiveDelivery } from '../../src/incidents/index.ts';
import { refusalOf } from '../support/errors.ts';
import { query } from '../support/postgres.ts';
import {
  type AlertArgs,
  acme,
  alertArgs,
  entries,
  globex,
  openWorld,
  resultOf,
  ruleOf,
  sam,
  source,
  type World,
} from '../support/world.ts';

let world: World;
let group = 0;
beforeAll(async () => {
  world = await openWorld({ poolSize: 24 });
});
afterAll(() => world.close());

/** A receiver of one new group: what came of each alert, as outcome and incident. */
function newGroup() {
  group += 1;
  const groupKey = `group-${group}`;
  return {
    groupKey,
    send: async (over: Partial<AlertArgs> = {}, tenant = acme) => {
      world.clock.advance(1); // so that ids sort by the order in which they were made
      return resultOf(await world.govern('alert.receive', source(tenant), alertArgs({ groupKey, ...over })));
    },
    incidents: () =>
      query(world.ownerUrl, 'select id, status, severity, resolved_by from incident where group_key = $1 order by id', [groupKey]),
    alerts: () =>
      query(world.ownerUrl, 'select fingerprint, incident_id, status, ends_at from alert where group_key = $1 order by id', [groupKey]),
  };
}
const ended = { status: 'resolved', endsAt: '2026-03-02T12:10:00Z' } as const;

describe('every case has an outcome', () => {
  test('opened, attached, duplicate, ended, resolved, duplicate, ignored', async () => {
    const { send, incidents, alerts } = newGroup();
    const first = await send({ fingerprint: 'a' });
    const id = first['incidentId'];
    expect(first).toEqual({ outcome: 'opened', incidentId: id });
    expect(await send({ fingerprint: 'b', labels: { alertname: 'ServiceDown' } })).toEqual({ outcome: 'attached', incidentId: id });
    expect(await send({ fingerprint: 'a' })).toEqual({ outcome: 'duplicate', incidentId: id });
    expect(await send({ fingerprint: 'c', ...ended })).toEqual({ outcome: 'ignored', incidentId: null });
    expect(await send({ fingerprint: 'a', ...ended })).toEqual({ outcome: 'alert_ended', incidentId: id });
    expect(await send({ fingerprint: 'a', ...ended })).toEqual({ outcome: 'duplicate', incidentId: id });
    expect(await incidents()).toEqual([{ id, status: 'DETECTED', severity: 'P1', resolved_by: null }]); // the graver of the two
    expect(await send({ fingerprint: 'b', ...ended })).toEqual({ outcome: 'resolved', incidentId: id });
    expect(await incidents()).toEqual([{ id, status: 'RESOLVED', severity: 'P1', resolved_by: 'service:alertmanager-test' }]);
    const at = new Date('2026-03-02T12:10:00Z');
    expect(await alerts()).toEqual([
      { fingerprint: 'a', incident_id: id, status: 'RESOLVED', ends_at: at },
      { fingerprint: 'b', incident_id: id, status: 'RESOLVED', ends_at: at },
      { fingerprint: 'c', incident_id: null, status: 'RESOLVED', ends_at: at },
    ]);
    expect(await send({ fingerprint: 'c' })).toEqual({ outcome: 'duplicate', incidentId: null }); // out of order: it is over
    expect(await send({ fingerprint: 'a' })).toEqual({ outcome: 'duplicate', incidentId: id }); // late: it ended since
    expect(await send({ fingerprint: 'b', ...ended })).toEqual({ outcome: 'duplicate', incidentId: id });
  });

  test('a resolved incident absorbs nothing: the same alert firing anew opens another', async () => {
    const { send, incidents } = newGroup();
    const { incidentId } = await send();
    await send(ended);
    const again = await send({ startsAt: '2026-03-02T12:11:00Z' });
    expect(again['outcome']).toBe('opened');
    expect((await incidents()).map(({ status }) => status)).toEqual(['RESOLVED', 'DETECTED']);
    expect(again['incidentId']).not.toBe(incidentId);
  });

  test('an incident that a person resolved stays so when its alerts end, and other alerts open another', async () => {
    const { send, incidents } = newGroup();
    const { incidentId } = await send({ fingerprint: 'a' });
    resultOf(await world.govern('incident.resolve', sam, { incidentId }));
    const other = await send({ fingerprint: 'b' });
    expect(other).toMatchObject({ outcome: 'opened' });
    expect(await send({ fingerprint: 'a', ...ended })).toEqual({ outcome: 'alert_ended', incidentId });
    expect((await incidents()).map(({ status, resolved_by }) => [status, resolved_by])).toEqual([
      ['RESOLVED', 'usr_sam'],
      ['DETECTED', null],
    ]);
  });

  test('severity goes up with a graver alert and never down', async () => {
    const { send, incidents } = newGroup();
    for (const severity of ['warning', 'critical', 'info']) await send({ fingerprint: severity, labels: { severity } });
    expect((await incidents()).map(({ severity }) => severity)).toEqual(['P1']);
  });

  test('an acknowledged incident takes further alerts and is resolved with the last', async () => {
    const { send, incidents } = newGroup();
    const { incidentId } = await send({ fingerprint: 'a' });
    resultOf(await world.govern('incident.acknowledge', sam, { incidentId }));
    expect(await send({ fingerprint: 'b' })).toEqual({ outcome: 'attached', incidentId });
    expect((await incidents()).map(({ status }) => status)).toEqual(['ACKNOWLEDGED']);
    await send({ fingerprint: 'a', ...ended });
    expect(await send({ fingerprint: 'b', ...ended })).toEqual({ outcome: 'resolved', incidentId });
  });

  test('an end without its moment ends now', async () => {
    const { send, alerts } = newGroup();
    await send();
    await send({ status: 'resolved', endsAt: null });
    expect((await alerts()).map(({ ends_at }) => ends_at)).toEqual([world.clock.now()]);
  });

  test('the same group in another tenant is another group', async () => {
    const { send, incidents } = newGroup();
    const ours = await send();
    const theirs = await send({}, globex);
    expect([ours['outcome'], theirs['outcome'], (await incidents()).length]).toEqual(['opened', 'opened', 2]);
    await send(ended);
    expect((await incidents()).map(({ status }) => status).toSorted()).toEqual(['DETECTED', 'RESOLVED']);
  });

  test('each is in the ledger with its outcome, those that change nothing with their reason', async () => {
    const { send, groupKey } = newGroup();
    await send({ fingerprint: 'ledgered' });
    await send({ fingerprint: 'ledgered' });
    await send({ fingerprint: 'ledgered-2', ...ended });
    const effects = (await entries(world, 'alert.receive'))
      .map(({ data, subject }) => [subject, Object(data).effect])
      .filter(([subject]) => String(subject).startsWith('alert:ledgered'));
    expect(effects.map(([, effect]) => [effect.outcome, effect.reason ?? null])).toEqual([
      ['opened', null],
      ['duplicate', 'this alert was received before and is FIRING'],
      ['ignored', 'it ended before we ever saw it fire'],
    ]);
    expect(effects[0]?.[1]).toEqual({
      outcome: 'opened',
      incidentId: expect.stringMatching(/^inc_/),
      source: 'alertmanager:test',
      status: 'firing',
      startsAt: '2026-03-02T11:59:00.000Z',
      labels: { alertname: 'Latency', severity: 'error' },
      annotations: { summary: 'checkout is slow' },
      severity: 'P2',
      category: 'system_error',
    });
    expect(groupKey).toMatch(/^group-/);
  });

  test.each([
    [{ summary: 'from the annotation' }, { alertname: 'Name' }, 'from the annotation'],
    [{}, { alertname: 'Name' }, 'Name'],
    [{}, {}, 'alert without a name'],
    [{ summary: 'x'.repeat(400) }, {}, 'x'.repeat(300)],
  ])('the title comes from %j, else %j', async (annotations, labels, title) => {
    const { incidentId } = await newGroup().send({
      annotations: annotations as Record<string, string>,
      labels: labels as Record<string, string>,
    });
    expect(await query(world.ownerUrl, 'select title from incident where id = $1', [incidentId])).toEqual([{ title }]);
  });

  test('only a source may hand one in', async () => {
    expect(ruleOf(await world.govern('alert.receive', sam, alertArgs({ groupKey: 'by-hand' })))).toBe('DENY default.no_grant');
    expect(await query(world.ownerUrl, `select from incident where group_key = 'by-hand'`)).toEqual([]);
  });
});

describe('deliveries at the same moment', () => {
  test('twenty of one alert: one incident, one alert', async () => {
    const { send, incidents, alerts } = newGroup();
    const results = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual([...Array.from({ length: 19 }, () => 'duplicate'), 'opened']);
    expect([new Set(results.map(({ incidentId }) => incidentId)).size, (await incidents()).length, (await alerts()).length]).toEqual([
      1, 1, 1,
    ]);
  });

  test('twenty different ones of one group: one incident, twenty alerts, then all end at once: resolved once', async () => {
    const { send, incidents, alerts } = newGroup();
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => send({ fingerprint: `f${n}` })));
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual([...Array.from({ length: 19 }, () => 'attached'), 'opened']);
    expect([(await incidents()).length, (await alerts()).length]).toEqual([1, 20]);
    const ends = await Promise.all(Array.from({ length: 20 }, (_, n) => send({ fingerprint: `f${n}`, ...ended })));
    expect(ends.map(({ outcome }) => outcome).toSorted()).toEqual([...Array.from({ length: 19 }, () => 'alert_ended'), 'resolved']);
    expect((await incidents()).map(({ status }) => status)).toEqual(['RESOLVED']);
  });

  test('an alert that comes while the last one ends is in an open incident', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { send, incidents } = newGroup();
      await send({ fingerprint: 'a' });
      const [end, start] = await Promise.all([send({ fingerprint: 'a', ...ended }), send({ fingerprint: 'b' })]);
      const open = (await incidents()).filter(({ status }) => status === 'DETECTED');
      expect(open.map(({ id }) => id)).toEqual([start['incidentId']]);
      expect([end['outcome'], start['outcome']]).toEqual(
        end['outcome'] === 'resolved' ? ['resolved', 'opened'] : ['alert_ended', 'attached'],
      );
    }
  });
});

type Step = { fingerprint: number; episode: number; status: 'firing' | 'resolved' } | 'resolve';

/** What has to come out, written down without looking at how it is done: alerts by name, incidents as sets of them. */
class Model {
  /** Incident -1: it never had one. */
  readonly alerts = new Map<string, { firing: boolean; incident: number }>();
  readonly open: boolean[] = [];

  /** A person says that it is over. */
  resolve(): void {
    this.open.fill(false);
  }

  receive(name: string, status: 'firing' | 'resolved'): string {
    const known = this.alerts.get(name);
    if (known === undefined) return status === 'firing' ? this.#fires(name) : this.#ignored(name);
    if (status === 'firing' || !known.firing) return 'duplicate';
    known.firing = false;
    const over =
      this.open[known.incident] === true &&
      ![...this.alerts.values()].some(({ firing, incident }) => firing && incident === known.incident);
    if (over) this.open[known.incident] = false;
    return over ? 'resolved' : 'alert_ended';
  }

  #ignored(name: string): string {
    this.alerts.set(name, { firing: false, incident: -1 });
    return 'ignored';
  }

  #fires(name: string): string {
    const incident = this.open.indexOf(true);
    this.alerts.set(name, { firing: true, incident: incident === -1 ? this.open.length : incident });
    if (incident === -1) this.open.push(true);
    return incident === -1 ? 'opened' : 'attached';
  }
}

async function resolveOpen(groupKey: string): Promise<void> {
  const rows = await query(world.ownerUrl, `select id from incident where group_key = $1 and status = 'DETECTED'`, [groupKey]);
  for (const { id } of rows) resultOf(await world.govern('incident.resolve', sam, { incidentId: id }));
}

test('any short history comes out as the model says: no alert lost, open while one fires, a resolved incident absorbs nothing', async () => {
  const alert = fc.record({
    fingerprint: fc.nat({ max: 2 }),
    episode: fc.nat({ max: 1 }),
    status: fc.constantFrom<'firing' | 'resolved'>('firing', 'resolved'),
  });
  const history = fc.array(fc.oneof({ weight: 12, arbitrary: alert }, { weight: 1, arbitrary: fc.constant<'resolve'>('resolve') }), {
    minLength: 1,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(history, async (steps: Step[]) => {
      const { send, incidents, alerts, groupKey } = newGroup();
      const model = new Model();
      for (const step of steps) {
        if (step === 'resolve') {
          await resolveOpen(groupKey);
          model.resolve();
          continue;
        }
        const startsAt = `2026-03-02T11:0${step.episode}:00Z`;
        const over = {
          fingerprint: `f${step.fingerprint}`,
          startsAt,
          status: step.status,
          endsAt: step.status === 'firing' ? null : ended.endsAt,
        };
        expect((await send(over))['outcome']).toBe(model.receive(`f${step.fingerprint} ${startsAt}`, step.status));
      }
      const rows = await incidents();
      expect(rows.map(({ status }) => status === 'DETECTED')).toEqual(model.open);
      expect(
        (await alerts()).map(({ status, incident_id }) => [status === 'FIRING', rows.findIndex(({ id }) => id === incident_id)]),
      ).toEqual([...model.alerts.values()].map(({ firing, incident }) => [firing, incident]));
    }),
    { seed: 20260302, numRuns: 60 },
  );
});

describe('a delivery', () => {
  const delivery = (alerts: object[]) => {
    const { groupKey } = newGroup();
    return { version: '4', groupKey, status: 'firing', receiver: 'us', alerts };
  };
  const alert = (over: object = {}) => ({
    status: 'firing',
    labels: { alertname: 'X', severity: 'error' },
    annotations: { summary: 'X is up' },
    startsAt: '2026-03-02T11:59:00.123456789Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: 'c0ffee',
    ...over,
  });
  const receive = (body: unknown) => receiveDelivery(world.kernel, acme, 'prod', body);
  const outcomes = async (body: unknown) => (await receive(body)).map((outcome) => resultOf(outcome)['outcome']);

  test('takes in its alerts one by one, and is recognised when it comes again', async () => {
    const body = delivery([
      alert(),
      alert({ fingerprint: 'c0ffee2' }),
      alert({ fingerprint: 'c0ffee3', status: 'resolved', endsAt: '2026-03-02T12:00:00Z' }),
    ]);
    expect(await outcomes(body)).toEqual(['opened', 'attached', 'ignored']);
    expect(await outcomes(body)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const [row] = await query(
      world.ownerUrl,
      `select source, starts_at, ends_at, labels from incident join alert on incident_id = incident.id where fingerprint = 'c0ffee2'`,
    );
    expect(row).toEqual({
      source: 'alertmanager:prod',
      starts_at: new Date('2026-03-02T11:59:00.123Z'),
      ends_at: null,
      labels: '{"alertname":"X","severity":"error"}',
    });
  });

  test('acts as its source, in its tenant', async () => {
    const [outcome] = await receive(delivery([alert()]));
    const entry = (await entries(world, 'alert.receive')).find(({ id }) => id === outcome?.receipt.entryId);
    expect(entry).toMatchObject({
      actor: { id: 'service:alertmanager-prod', kind: 'service' },
      data: { input: { context: { channel: 'webhook', zone: 'internal' } } },
    });
  });

  test('a resolved alert whose end is the zero time of Go ends now; one that still fires has no end', async () => {
    const body = delivery([alert({ fingerprint: 'zero' }), alert({ fingerprint: 'zero-2', endsAt: '2026-03-02T12:30:00Z' })]);
    await receive(body);
    await receive({ ...body, alerts: [alert({ fingerprint: 'zero', status: 'resolved' })] });
    expect(
      await query(world.ownerUrl, `select fingerprint, ends_at from alert where fingerprint like 'zero%' order by fingerprint`),
    ).toEqual([
      { fingerprint: 'zero', ends_at: world.clock.now() },
      { fingerprint: 'zero-2', ends_at: null },
    ]);
  });

  test('what is too much for an entry is cut, so that the alert is not lost; what classifies is kept', async () => {
    const huge = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`a${n}`, '\u0001é'.repeat(600)]));
    const [outcome] = await receive(
      delivery([alert({ labels: { ...huge, severity: 'critical', alertname: 'ServiceDown' }, annotations: huge })]),
    );
    expect(outcome && resultOf(outcome)['outcome']).toBe('opened');
    expect(await query(world.ownerUrl, 'select severity, category from incident where id = $1', [outcome?.result?.['incidentId']])).toEqual(
      [{ severity: 'P1', category: 'service_outage' }],
    );
  });

  test('characters that nothing can hold do not lose an alert', async () => {
    const odd = { summary: 'a \0 b \ud83d c', 'na\0me': '\udc00' };
    const [outcome] = await receive(delivery([alert({ annotations: odd, labels: { region: 'eu\0', ...odd } })]));
    expect(await query(world.ownerUrl, 'select title, region from incident where id = $1', [outcome?.result?.['incidentId']])).toEqual([
      { title: 'a \ufffd b \ufffd c', region: 'eu\ufffd' },
    ]);
  });

  test('a malformed one is refused as a whole before anything of it is taken in', async () => {
    const before = (await entries(world)).length;
    const refused = await refusalOf(receive(delivery([alert(), alert({ startsAt: 'yesterday' })])));
    expect([refused.code, refused.message]).toEqual(['incident.payload_invalid', '`alerts.1.startsAt`: Invalid ISO datetime']);
    expect((await entries(world)).length).toBe(before);
  });

  test('without alerts it is taken', async () => {
    expect(await receive(delivery([]))).toEqual([]);
  });
});
