import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOfJson, type JsonObject, newId } from '../../src/core/index.ts';
import type { Decision, Outcome } from '../../src/govern/index.ts';
import { refusalOf } from '../support/errors.ts';
import {
  ada,
  dryRunPassed,
  engine,
  entries,
  everything,
  openIncident,
  openWorld,
  orchestrator,
  propose,
  report,
  resultOf,
  ruleOf,
  sam,
  stranger,
  vic,
  type World,
  why,
} from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const entryOf = async ({ receipt }: Outcome): Promise<JsonObject> => {
  const found = (await entries(world)).find(({ id }) => id === receipt.entryId);
  if (found === undefined) throw new Error('the entry is not there');
  return found;
};

describe('what an entry holds', () => {
  test('an allowed action: decision, input and effect, exactly', async () => {
    const incidentId = await openIncident(world, {
      groupKey: 'entry',
      labels: { alertname: 'Latency', severity: 'error', region: 'eu-1' },
    });
    const outcome = await world.govern('incident.acknowledge', sam, { incidentId });
    const { decisionId, micros } = outcome.decision;
    const input = {
      action: 'incident.acknowledge',
      now: { epoch: 1772452800, iso: '2026-03-02T12:00:00.000Z', weekday: 1, minuteOfDay: 720 },
      actor: {
        id: 'usr_sam',
        kind: 'human',
        tenant: 'acme',
        roles: ['sre'],
        purposes: ['incident-response', 'operations', 'audit'],
        authTime: 1772452800,
        acr: 'urn:countersign:acr:mfa',
        amr: ['pwd', 'otp'],
      },
      resource: {
        type: 'incident',
        id: incidentId,
        tenant: 'acme',
        known: true,
        purpose: 'incident-response',
        region: 'eu-1',
        category: 'system_error',
        severity: 'P2',
      },
      context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 0, channel: 'graphql' },
      facts: { incident: { status: 'DETECTED' } },
    };
    const decision = {
      decisionId,
      action: 'incident.acknowledge',
      result: 'ALLOW',
      ruleId: 'incident.role_grant',
      explanation: 'role `sre` may `incident.acknowledge`',
      rules: [],
      challenge: null,
      obligations: [],
      policy: engine.version,
      inputDigest: digestOfJson(input),
      tenant: 'acme',
      purpose: 'incident-response',
      ts: '2026-03-02T12:00:00.000Z',
      micros,
    };
    expect(decisionId).toMatch(/^dec_[0-9a-f-]{36}$/);
    expect(Number.isSafeInteger(micros)).toBe(true);
    expect(outcome).toEqual({
      decision,
      result: { incidentId },
      receipt: {
        status: 'SEQUENCED',
        log: 'acme',
        entryId: outcome.receipt.entryId,
        seq: 1,
        leafHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    expect(await entryOf(outcome)).toEqual({
      v: 1,
      log: 'acme',
      seq: 1,
      prev: expect.stringMatching(/^[0-9a-f]{64}$/),
      id: outcome.receipt.entryId,
      ts: '2026-03-02T12:00:00.000Z',
      type: 'incident.acknowledge',
      subject: `incident:${incidentId}`,
      actor: { id: 'usr_sam', kind: 'human' },
      data: { decision, input, effect: { status: 'ACKNOWLEDGED', before: 'DETECTED' } },
    });
  });

  test('a denied one keeps all that was unmet, also for who is told nothing', async () => {
    const { incidentId } = await dryRunPassed(world, { groupKey: 'denied' });
    resultOf(await world.govern('incident.resolve', sam, { incidentId }));
    const blind = { actor: { ...vic.actor, purposes: [] }, context: vic.context };
    const outcome = await world.govern('incident.resolve', blind, { incidentId });
    expect(outcome.decision).toMatchObject({
      result: 'DENY',
      ruleId: 'policy.masked',
      explanation: `this is not permitted; an org-admin sees why in the entry \`${outcome.receipt.entryId}\` of the ledger`,
      rules: [],
      challenge: null,
    });
    expect(outcome.result).toBe(null);
    const { data } = await entryOf(outcome);
    expect(data).toMatchObject({
      decision: {
        decisionId: outcome.decision.decisionId,
        ruleId: 'default.no_grant',
        rules: [{ ruleId: 'default.no_grant' }, { ruleId: 'core.purpose' }, { ruleId: 'incident.transition' }],
        obligations: ['mask_explanation'],
      },
      input: { facts: { incident: { status: 'RESOLVED' } }, resource: { id: incidentId, known: true } },
      effect: null,
    });
  });

  test('its moment is the one of the decision, and its id and the decision id sort by it', async () => {
    world.clock.set('2026-07-01T00:00:00.123Z');
    const incidentId = await openIncident(world, { groupKey: 'moment' });
    const [entry] = (await entries(world, 'alert.receive')).filter(({ ts }) => ts === '2026-07-01T00:00:00.123Z');
    const hex = Date.parse('2026-07-01T00:00:00.123Z').toString(16).padStart(12, '0');
    const stamp = `${hex.slice(0, 8)}-${hex.slice(8)}`;
    expect([String(entry?.['id']).slice(4, 17), incidentId.slice(4, 17)]).toEqual([stamp, stamp]);
    world.clock.set('2026-03-02T12:00:00.000Z');
  });
});

describe('what is not there and what is not yours look the same', () => {
  const hash = `sha256:${'a'.repeat(64)}`;
  type Ids = { incident: string; orchestration: string; run: string; entry: string };
  let foreign: Ids;
  const unknown: Ids = { incident: newId('incident'), orchestration: newId('orchestration'), run: newId('run'), entry: newId('entry') };
  const calls: [string, (ids: Ids) => object, typeof sam][] = [
    ['incident.acknowledge', ({ incident }) => ({ incidentId: incident }), sam],
    ['incident.resolve', ({ incident }) => ({ incidentId: incident }), sam],
    [
      'orchestration.propose',
      ({ incident }) => ({ incidentId: incident, adapter: 'simulate', operation: 'x', targets: ['y'], justification: why }),
      sam,
    ],
    ['orchestration.dry_run', ({ orchestration }) => ({ orchestrationId: orchestration }), sam],
    ['orchestration.approve', ({ orchestration }) => ({ orchestrationId: orchestration, planHash: hash, justification: why }), sam],
    ['orchestration.reject', ({ orchestration }) => ({ orchestrationId: orchestration, justification: why }), sam],
    ['orchestration.execute', ({ orchestration }) => ({ orchestrationId: orchestration, planHash: hash }), sam],
    ['orchestration.record_dry_run', ({ orchestration, run }) => report(orchestration, run), orchestrator],
    ['orchestration.record_outcome', ({ orchestration, run }) => report(orchestration, run), orchestrator],
    ['ledger.read_entry', ({ entry }) => ({ entryId: entry }), ada],
  ];

  beforeAll(async () => {
    foreign = await idsOfAStranger();
  });
  let before: Record<string, unknown[]>;
  beforeEach(async () => {
    await world.govern('orchestration.execute', sam, { orchestrationId: newId('orchestration'), planHash: hash }); // makes the default flag
    before = await everything(world);
  });

  async function idsOfAStranger(): Promise<Ids> {
    const { actor } = stranger;
    const incident = await openIncident(world, { groupKey: 'foreign', labels: { alertname: 'SecretDetected' } }, actor.tenant);
    const orchestration = await propose(world, incident, stranger);
    const { receipt } = await world.govern('orchestration.dry_run', stranger, { orchestrationId: orchestration });
    await world.ledger.acknowledge(actor.tenant, receipt.entryId);
    return { incident, orchestration, run: String(world.sent.at(-1)?.data['runId']), entry: receipt.entryId };
  }

  /** An outcome with everything that is new in each call taken out, and the ids by name. */
  function comparable({ decision, result }: Outcome, ids: Ids): unknown {
    const text = JSON.stringify({
      ...decision,
      decisionId: '',
      inputDigest: '',
      micros: 0,
      result,
      outcome: decision.result,
    } satisfies Record<keyof Decision | 'outcome', unknown>);
    return JSON.parse(Object.entries(ids).reduce((all, [name, id]) => all.replaceAll(id, name), text));
  }

  test.each(calls)('%s', async (action, argsOf, who) => {
    const [one, other] = [await world.govern(action, who, argsOf(unknown)), await world.govern(action, who, argsOf(foreign))];
    expect(comparable(other, foreign)).toEqual(comparable(one, unknown));
    expect([ruleOf(one), one.decision.rules.map(({ ruleId }) => ruleId)]).toEqual(['DENY core.resource_known', ['core.resource_known']]);
    const after = await everything(world);
    for (const table of ['incident', 'alert', 'orchestration', 'approval', 'flag']) expect(after[table]).toEqual(before[table]);
    const data = (await Promise.all([one, other].map(entryOf))).map((entry) => Object(entry['data']));
    expect(
      JSON.parse(
        JSON.stringify(data[1].input)
          .replaceAll(foreign.incident, unknown.incident)
          .replaceAll(foreign.orchestration, unknown.orchestration)
          .replaceAll(foreign.run, unknown.run)
          .replaceAll(foreign.entry, unknown.entry),
      ),
    ).toEqual(data[0].input);
  });

  test('the foreign tenant is untouched, and its own people see it', async () => {
    expect(ruleOf(await world.govern('incident.acknowledge', stranger, { incidentId: foreign.incident }))).toBe(
      'ALLOW incident.role_grant',
    );
  });
});

describe('arguments', () => {
  const incidentId = newId('incident');
  test.each<[string, string, object, string]>([
    ['a field that does not exist', 'incident.acknowledge', { incidentId, force: true }, '`input`: Unrecognized key: "force"'],
    ['a missing one', 'incident.acknowledge', {}, '`incidentId`: Invalid input: expected string, received undefined'],
    ['an id of another kind', 'incident.acknowledge', { incidentId: newId('run') }, '`incidentId`: is not an incident id'],
    [
      'a lone surrogate',
      'flag.set',
      { key: 'a', enabled: true, justification: 'because \ud83d of it' },
      'a string with a lone surrogate at `$.justification` cannot be written as canonical JSON',
    ],
    [
      'U+0000',
      'flag.set',
      { key: 'a', enabled: true, justification: 'because \0 of it' },
      'the text in `justification` holds the character U+0000',
    ],
    [
      'an integer that others would round',
      'orchestration.propose',
      { incidentId, adapter: 'simulate', operation: 'x', targets: ['y'], justification: why, parameters: { at: 2 ** 60 } },
      'an integer beyond 2^53 - 1 at `$.parameters.at` cannot be written as canonical JSON',
    ],
    [
      'U+0000 deep inside',
      'orchestration.propose',
      { incidentId, adapter: 'simulate', operation: 'x', targets: ['y', 'z\0'], justification: why },
      'the text in `1` holds the character U+0000',
    ],
    [
      'parameters above 8 KiB',
      'orchestration.propose',
      { incidentId, adapter: 'simulate', operation: 'x', targets: ['y'], justification: why, parameters: { a: 'x'.repeat(8_192) } },
      '`parameters`: must be at most 8 KiB of JSON',
    ],
    [
      'two mistakes at once',
      'orchestration.approve',
      { orchestrationId: 'orc_1', planHash: 'sha256:abc', justification: why },
      '`orchestrationId`: is not an orchestration id; `planHash`: must be sha256: and 64 hex digits',
    ],
  ])('%s is refused by name, and nothing happens', async (_name, action, args, message) => {
    const before = await everything(world);
    const refused = await refusalOf(world.govern(action, sam, args, 'key-of-bad-arguments'));
    expect([refused.code, refused.message, typeof refused.remedy]).toEqual(['govern.invalid_arguments', message, 'string']);
    expect(await everything(world)).toEqual(before);
  });

  test('an adapter that is not configured is named with those that are', async () => {
    const args = {
      incidentId: await openIncident(world, { groupKey: 'adapter' }),
      adapter: 'k8s',
      operation: 'x',
      targets: ['y'],
      justification: why,
    };
    const before = await everything(world);
    const refused = await refusalOf(world.govern('orchestration.propose', sam, args));
    expect([refused.code, refused.message]).toEqual(['incident.adapter_unknown', 'there is no adapter `k8s`; configured: `simulate`']);
    expect(await everything(world)).toEqual(before);
  });
});
