import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/core/index.ts';
import type { Outcome } from '../../src/govern/index.ts';
import { verifyProof } from '../../src/ledger/verify/index.ts';
import { codeOf } from '../support/errors.ts';
import {
  acme,
  ada,
  entries,
  everything,
  openIncident,
  openWorld,
  person,
  resultOf,
  ruleOf,
  sam,
  stranger,
  vic,
  type World,
} from '../support/world.ts';

let world: World;
let incidentId: string;
beforeAll(async () => {
  world = await openWorld();
  incidentId = await openIncident(world);
  resultOf(await world.govern('incident.acknowledge', sam, { incidentId }));
  await world.govern('incident.acknowledge', vic, { incidentId });
  resultOf(await world.govern('incident.resolve', sam, { incidentId }));
});
afterAll(() => world.close());

const timeline = (args: object = {}, who = ada) =>
  world.govern('ledger.read_timeline', who, { subject: `incident:${incidentId}`, ...args });
type Shown = { seq: number; leafHash: string; body: string };
const shown = (outcome: Outcome): Shown[] => Object(outcome.result).entries;
const told = (outcome: Outcome) => shown(outcome).map(({ body }) => [JSON.parse(body).type, JSON.parse(body).data.decision.result]);

describe('a timeline', () => {
  test('is the entries of its subject, denials too, in order and as they stand in the log', async () => {
    const outcome = await timeline();
    expect(told(outcome)).toEqual([
      ['alert.receive', 'ALLOW'],
      ['incident.acknowledge', 'ALLOW'],
      ['incident.acknowledge', 'DENY'],
      ['incident.resolve', 'ALLOW'],
    ]);
    expect(shown(outcome).map(({ seq, body }) => [seq, JSON.parse(body).seq])).toEqual([0, 1, 2, 3].map((seq) => [seq, seq]));
  });

  test('is not lengthened by being looked at; who looked is in the ledger', async () => {
    const before = told(await timeline());
    const [last] = (await entries(world)).slice(-1);
    expect(last).toMatchObject({
      type: 'ledger.read_timeline',
      subject: 'ledger:acme',
      actor: { id: 'usr_ada' },
      data: { decision: { result: 'ALLOW' }, effect: { subject: `incident:${incidentId}`, entries: 4 } },
    });
    await timeline({}, sam);
    expect(told(await timeline())).toEqual(before);
    const looks = await world.govern('ledger.read_timeline', ada, { subject: 'ledger:acme' });
    expect(new Set(told(looks).map(([type]) => type))).toEqual(new Set(['ledger.read_timeline']));
  });

  test('comes in pages', async () => {
    const first = await timeline({ first: 2 });
    const rest = await timeline({ first: 2, after: shown(first).at(-1)?.seq });
    expect([...shown(first), ...shown(rest)]).toEqual(shown(await timeline()));
    expect(shown(await timeline({ after: 3 }))).toEqual([]);
  });

  test('is for those who handle incidents and for auditors', async () => {
    expect(ruleOf(await timeline({}, sam))).toBe('ALLOW ledger.role_grant');
    expect(ruleOf(await timeline({}, vic))).toBe('DENY policy.masked'); // it tells why others were denied
    expect(ruleOf(await timeline({}, person('bot', ['release-bot'])))).toBe('DENY default.no_grant');
    const outcome = await timeline({}, person('usr_x', ['auditor'], { purposes: [] }));
    expect([ruleOf(outcome), outcome.result]).toEqual(['DENY core.purpose', null]);
    const [last] = (await entries(world)).slice(-1);
    expect(last).toMatchObject({ subject: 'ledger:acme', data: { decision: { ruleId: 'core.purpose' }, effect: null } });
  });

  test('shows nothing of another tenant, and is as empty as one that does not exist', async () => {
    expect(shown(await timeline({}, stranger))).toEqual([]);
    expect(shown(await timeline({ subject: `incident:${newId('incident')}` }))).toEqual([]);
  });

  test.each([
    { subject: 'incident' },
    { subject: 'Incident:x' },
    { subject: 'incident:' },
    { subject: `incident:${'x'.repeat(201)}` },
    { first: 0 },
    { first: 201 },
    { after: -2 },
    { subject: 'a:b c' },
  ])('does not take %j', async (args) => {
    expect(await codeOf(timeline(args))).toBe('govern.invalid_arguments');
  });
});

describe('an entry', () => {
  test('comes with a proof that a stranger can check, and the look is ledgered', async () => {
    const { receipt } = await world.govern('flag.set', sam, { key: 'a', enabled: true, justification: 'to have an entry' });
    await expect
      .poll(async () => (await world.ledger.checkpoint(acme))?.size ?? 0, { interval: 5 })
      .toBeGreaterThan(Number(Object(receipt).seq));
    const outcome = await world.govern('ledger.read_entry', ada, { entryId: receipt.entryId });
    const { proof } = Object(outcome.result);
    expect(JSON.parse(proof.leaf)).toMatchObject({ id: receipt.entryId, type: 'flag.set', seq: proof.seq });
    expect(verifyProof(proof, world.ledger.verifierKey(acme))).toMatchObject({ id: receipt.entryId });
    expect((await entries(world, 'ledger.read_entry')).at(-1)).toMatchObject({
      subject: `entry:${receipt.entryId}`,
      data: { effect: { entryId: receipt.entryId, seq: proof.seq } },
    });
  });

  test('is not for who only looks on', async () => {
    const [entry] = await entries(world);
    const outcome = await world.govern('ledger.read_entry', vic, { entryId: entry?.['id'] });
    expect([ruleOf(outcome), outcome.result]).toEqual(['DENY policy.masked', null]);
    const all = await everything(world);
    expect(JSON.stringify(all['flag'])).not.toContain('usr_vic');
  });

  test.each(['x', newId('incident'), ''])('`%s` is no entry id', async (entryId) => {
    expect(await codeOf(world.govern('ledger.read_entry', ada, { entryId }))).toBe('govern.invalid_arguments');
  });
});
