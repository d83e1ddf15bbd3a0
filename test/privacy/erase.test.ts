import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { publishPolicy, rollbackPolicy } from '../../src/bundles/index.ts';
import { canonicalBytes, digestOfJson, type JsonObject, newId } from '../../src/core/index.ts';
import { listFlags, setFlag } from '../../src/flags/index.ts';
import { type AnyCommand, defineCommand, knownResource } from '../../src/govern/index.ts';
import { incidentCommands } from '../../src/incidents/index.ts';
import { eraseSubject, sealRows } from '../../src/privacy/index.ts';
import { subjectOf } from '../../src/vault/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { gate } from '../support/gate.ts';
import { lockWaiters } from '../support/locks.ts';
import { committed, sealed, unsealed } from '../support/personal.ts';
import { query } from '../support/postgres.ts';
import {
  acme,
  classification,
  entries,
  everything,
  noon,
  olga,
  openIncident,
  openWorld,
  person,
  propose,
  resultOf,
  rosa,
  ruleOf,
  sam,
  vic,
  type World,
} from '../support/world.ts';

/** Stands under `flag.set`, and does in its effect what a test asks for. */
let during: () => Promise<void> = async () => undefined;
const held = defineCommand({
  action: 'flag.set',
  args: z.strictObject({ key: z.string(), justification: z.string() }),
  personal: ['justification'],
  load: async (_trx, { key, justification }, scope) => ({
    resource: knownResource(scope, { type: 'flag', id: key, purpose: 'operations' }),
    facts: { request: { justification } },
    state: {},
  }),
  effect: async (trx, { key, justification }, _state, { actor, now, seal }) => {
    await during();
    const reason = seal(justification, { column: 'flag.reason', row: key });
    await trx
      .insertInto('flag')
      .values({ tenant: actor.tenant, key, enabled: true, rate_limit: null, reason, set_by: actor.id, set_at: now })
      .execute();
    return { result: { key }, record: { key, justification } };
  },
});

let world: World;
let beside: World;
beforeAll(async () => {
  world = await openWorld();
  beside = await openWorld({ beside: world, commands: [held] });
});
afterAll(() => world.close());
beforeEach(() => {
  during = async () => undefined;
});

let alerts = 0;
/** An incident of its own. */
const fresh = () => {
  alerts += 1;
  return { groupKey: `group-${alerts}`, fingerprint: `f${alerts}` };
};
const words = 'because checkout needs it';
const set = (args: object = {}, who = sam, key?: string) =>
  world.govern('flag.set', who, { key: 'search', enabled: true, justification: words, ...args }, key);
const erase = (subject: string, who = olga, of = world) =>
  of.govern('privacy.erase_subject', who, { subject, justification: 'they left and asked for it' });
const last = async (type: string) => Object((await entries(world, type)).at(-1));
const reasons = async () => {
  const flags = await world.database.transaction(acme, (trx) => listFlags(trx, acme));
  const stored = flags.map(({ key, reason, setBy }) => ({ column: 'flag.reason', row: key, subject: subjectOf(setBy), text: reason }));
  return world.database.transaction(acme, (trx) => world.vault.open(trx, acme, stored));
};

describe('in the ledger', () => {
  test('stands a commitment that the disclosure opens, and the digest of the input says nothing of the text', async () => {
    const { decision, receipt } = await set();
    const leaf = await last('flag.set');
    const path = '/data/input/facts/request/justification';
    const at = leaf.data.input.facts.request.justification;
    expect(at).toEqual(committed);
    const found = await world.database.transaction(acme, (trx) => world.vault.disclosuresOf(trx, acme, [receipt.entryId]));
    const [disclosure] = found.get(receipt.entryId) ?? [];
    expect(disclosure).toEqual({ path, salt: expect.stringMatching(/^[\w-]{43}$/), value: words });
    const bytes = canonicalBytes([disclosure?.salt ?? '', path, words]);
    expect(at.committed).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(decision.inputDigest).toBe(digestOfJson(leaf.data.input));
    const plain = structuredClone(leaf.data.input);
    plain.facts.request.justification = words;
    expect(decision.inputDigest).not.toBe(digestOfJson(plain)); // who guesses the text cannot confirm it
  });

  test('a denied action commits as well, and an effect where it repeats the text', async () => {
    expect(ruleOf(await set({}, vic))).toBe('DENY policy.masked');
    expect((await last('flag.set')).data).toMatchObject({ effect: null, input: { facts: { request: { justification: committed } } } });
    resultOf(await beside.govern('flag.set', sam, { key: 'twice', justification: words }));
    const { input, effect } = (await last('flag.set')).data;
    expect(effect).toEqual({ key: 'twice', justification: committed });
    expect(effect.justification).not.toEqual(input.facts.request.justification); // another place, another salt
  });

  test('what is blank is nobody’s text, and makes no key', async () => {
    const nobody = person('usr_nobody', ['sre']);
    expect(ruleOf(await set({ justification: '   \n ' }, nobody))).toBe('DENY flag.justification');
    expect((await last('flag.set')).data.input.facts.request.justification).toBe('   \n ');
    expect(await query(world.ownerUrl, `select from subject_key where subject = 'person:usr_nobody'`)).toEqual([]);
  });

  test('actions in which nobody writes ask for no key', async () => {
    const before = await query(world.ownerUrl, 'select xmin::text, xmax::text from subject_key order by subject');
    const incidentId = await openIncident(world, fresh());
    resultOf(await world.govern('incident.acknowledge', rosa, { incidentId }));
    expect(await query(world.ownerUrl, 'select xmin::text, xmax::text from subject_key order by subject')).toEqual(before);
  });

  test('the summary of an incident is committed to', async () => {
    const incidentId = await openIncident(world, fresh());
    resultOf(await world.govern('incident.resolve', sam, { incidentId, summary: words }));
    expect((await last('incident.resolve')).data.effect).toEqual({ status: 'RESOLVED', before: 'DETECTED', summary: committed });
  });
});

describe('a text that would stay somewhere else', () => {
  test.each([
    ['the actor’s id', { justification: 'usr_samuel' }, person('usr_samuel', ['sre']), '/data/input/actor/id'],
    ['the name of the flag', { key: 'feature.search', justification: 'feature.search' }, sam, '/data/input/resource/id'],
    ['a purpose', { justification: 'incident-response' }, sam, '/data/input/actor/purposes/0'],
  ])('is refused: %s', async (_what, args, who, where) => {
    const before = await everything(world);
    const refused = await refusalOf(set(args, who));
    expect([refused.code, refused.message]).toEqual([
      'govern.invalid_arguments',
      `what you wrote is also the value of \`${where}\`, from where it could not be erased`,
    ]);
    expect(await everything(world)).toEqual(before);
  });

  test.each(['usr_rosa', 'PROPOSED'])('is not refused for what was loaded, which would tell it unrecorded: %s', async (guess) => {
    const incidentId = await openIncident(world, {
      ...fresh(),
      labels: { alertname: 'Latency', severity: 'error', category: 'latency' },
    });
    const orchestrationId = await propose(world, incidentId);
    const planHash = `sha256:${'0'.repeat(64)}`;
    const probe = await world.govern('orchestration.approve', vic, { orchestrationId, planHash, justification: guess });
    expect(probe.decision.result).toBe('DENY');
    expect((await last('orchestration.approve')).data.input.facts).toMatchObject({
      request: { justification: committed },
      orchestration: { proposedBy: 'usr_rosa', status: 'PROPOSED' },
    });
  });

  test('is refused in parameters, as value, in a list and as a name', async () => {
    const incidentId = await openIncident(world, fresh());
    for (const parameters of [{ note: words }, { list: ['a', words] }, { [words]: true }, { justification: words }])
      expect(await codeOf(propose(world, incidentId, sam, { parameters, justification: words }))).toBe('govern.invalid_arguments');
  });

  test('is left alone in the decision: nobody hides one by writing what it says', async () => {
    const explanation = 'role `sre` may `flag.set`';
    resultOf(await set({ justification: explanation }));
    expect((await last('flag.set')).data).toMatchObject({
      decision: { explanation, ruleId: 'flag.role_grant' },
      input: { facts: { request: { justification: committed } } },
    });
  });

  test('a command that seals what it does not declare fails, and nothing is left', async () => {
    const forgetful = defineCommand<{ note: string }, object, JsonObject>({
      action: 'flag.set',
      args: z.strictObject({ note: z.string() }),
      load: async (_trx, _args, scope) => ({
        resource: knownResource(scope, { type: 'flag', id: 'a', purpose: 'operations' }),
        facts: { request: { justification: 'given by the command itself' } },
        state: {},
      }),
      effect: async (_trx, { note }, _state, { seal }) => ({ result: {}, record: { note: seal(note, { column: 'a.b', row: 'c' }) } }),
    });
    const other = await openWorld({ beside: world, commands: [forgetful] });
    await expect(other.govern('flag.set', sam, { note: words })).rejects.toThrow('a text for `a.b` comes from no argument');
  });
});

test('every argument in which people write is declared', () => {
  const parts = { adapters: new Map(), calendarOf: () => ({}) as never, freezeOf: () => ({}) as never };
  const bundles = { policies: {} as never, trust: {} as never };
  const all: readonly AnyCommand[] = [
    ...incidentCommands(parts, { enqueue: async () => undefined }, classification),
    setFlag,
    publishPolicy(bundles),
    rollbackPolicy(bundles),
    eraseSubject({ append: async () => undefined }, world.vault),
  ];
  const freely = ['justification', 'comment', 'summary', 'reason', 'note', 'text', 'description', 'message'];
  type Declared = { readonly action: string; readonly undeclared: readonly string[]; readonly personal: readonly string[] };
  const declared = all.map(({ action, run }) =>
    run(({ args, personal }): Declared => {
      const written: readonly string[] = personal ?? [];
      const names = args instanceof z.ZodObject ? Object.keys(args.shape) : [];
      return { action, undeclared: names.filter((name) => freely.includes(name) && !written.includes(name)), personal: written };
    }),
  );
  expect(declared.filter(({ undeclared }) => undeclared.length > 0)).toEqual([]);
  expect(
    Object.fromEntries(declared.filter(({ personal }) => personal.length > 0).map(({ action, personal }) => [action, personal.join()])),
  ).toEqual({
    'breakglass.declare': 'justification',
    'breakglass.review': 'comment',
    'flag.set': 'justification',
    'incident.resolve': 'summary',
    'orchestration.approve': 'justification',
    'orchestration.propose': 'justification',
    'orchestration.reject': 'justification',
    'policy.publish': 'justification',
    'policy.rollback': 'justification',
    'privacy.erase_subject': 'justification',
  });
});

describe('an idempotency key', () => {
  test('knows a text again, by a digest that only its writer’s key makes', async () => {
    const first = await set({ key: 'keyed' }, sam, 'key-personal-1');
    expect(await set({ key: 'keyed' }, sam, 'key-personal-1')).toEqual(first);
    expect(await codeOf(set({ key: 'keyed', justification: 'in other words now' }, sam, 'key-personal-1'))).toBe(
      'govern.idempotency_conflict',
    );
    const [row] = await query(world.ownerUrl, `select request_digest, outcome from idempotency_key where key = 'key-personal-1'`);
    expect(row?.['request_digest']).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(row?.['outcome']).not.toContain(words);
  });

  test('of an erased person is not known again: their call is refused and not done twice', async () => {
    const who = person('usr_gone', ['sre']);
    resultOf(await set({ key: 'gone' }, who, 'key-personal-2'));
    resultOf(await erase('person:usr_gone'));
    expect(await codeOf(set({ key: 'gone' }, who, 'key-personal-2'))).toBe('govern.idempotency_conflict');
  });
});

describe('an erasure', () => {
  const counted = async () => (await world.metrics.erasures.get()).values[0]?.value;

  test('is recorded under the person, and as a fact of its own; a second one finds nothing and says so', async () => {
    const who = person('usr_left', ['sre']);
    await set({ key: 'left' }, who);
    const before = await counted();
    const outcome = await erase('person:usr_left');
    expect(resultOf(outcome)).toEqual({ subject: 'person:usr_left', keys: 1, disclosures: 1 });
    expect(await last('privacy.erase_subject')).toMatchObject({
      id: outcome.receipt.entryId,
      subject: 'person:usr_left',
      data: { effect: { subject: 'person:usr_left', keys: 1, disclosures: 1, justification: committed } },
    });
    expect(await last('subject.erased')).toMatchObject({
      subject: 'person:usr_left',
      ts: noon,
      actor: { id: 'usr_olga', kind: 'human' },
      data: { decisionId: outcome.decision.decisionId, keys: 1, disclosures: 1 },
    });
    const facts = (await entries(world, 'subject.erased')).length;
    expect(resultOf(await erase('person:usr_left'))).toEqual({ subject: 'person:usr_left', keys: 0, disclosures: 0 });
    expect([(await entries(world, 'subject.erased')).length, await counted()]).toEqual([facts, (before ?? 0) + 1]);
  });

  test.each([
    ['of oneself', olga, 'person:usr_olga', 'DENY privacy.another_person'],
    ['by an SRE', sam, 'person:usr_rosa', 'DENY default.no_grant'],
    ['with a password only', person('usr_olga', ['org-admin'], { acr: null }), 'person:usr_rosa', 'STEP_UP privacy.step_up'],
  ])('%s is not allowed, and erases nothing', async (_what, who, subject, rule) => {
    const before = await query(world.ownerUrl, 'select subject from subject_key order by subject');
    expect(ruleOf(await erase(subject, who))).toBe(rule);
    const left = await query(world.ownerUrl, `select subject from subject_key order by subject`);
    expect(left).toEqual(expect.arrayContaining(before));
  });

  test.each(['usr_rosa', 'person:', 'incident:inc_1', 'person:a\nb', `person:${'x'.repeat(300)}`])('%j is no person', async (subject) => {
    expect(await codeOf(erase(subject))).toBe('govern.invalid_arguments');
  });

  test('waits for an action under way, and takes its text along', async () => {
    const [sealing, finish] = [gate(), gate()];
    const who = person('usr_race', ['sre']);
    resultOf(await set({ key: 'race.0' }, who));
    during = async () => {
      sealing.open();
      await finish.opened;
    };
    const action = beside.govern('flag.set', who, { key: 'race.1', justification: words });
    await sealing.opened;
    const erased = erase('person:usr_race'); // at another gateway
    await lockWaiters(world.ownerUrl, 1);
    finish.open();
    resultOf(await action);
    expect(resultOf(await erased)).toMatchObject({ keys: 1, disclosures: 3 });
    const flags = await world.database.transaction(acme, (trx) => listFlags(trx, acme));
    const texts = await reasons();
    expect(flags.flatMap(({ key, reason }, n) => (key.startsWith('race.') ? [[key, reason, texts[n]]] : []))).toEqual([
      ['race.0', sealed, null],
      ['race.1', sealed, null],
    ]);
  });

  test('that does not commit erases nothing', async () => {
    const who = person('usr_stays', ['sre']);
    resultOf(await set({ key: 'stays' }, who));
    const ledger = Object.assign(Object.create(world.ledger), { append: () => Promise.reject(new Error('the disk is full')) });
    const failing = await openWorld({ beside: world, ledger });
    await expect(erase('person:usr_stays', olga, failing)).rejects.toThrow('the disk is full');
    expect((await reasons()).at(-1)).toBe(words);
  });
});

describe('rows from before', () => {
  test('read as they are until they are sealed, once, with the texts that they had', async () => {
    const incidentId = await openIncident(world, fresh());
    const orchestration = await propose(world, incidentId);
    const [approval, breakGlass] = [newId('approval'), newId('breakglass')];
    const plain = 'written before there was a vault';
    for (const statement of [
      `update orchestration set justification = '${plain}' where id = '${orchestration}'`,
      `insert into approval values ('acme', '${approval}', '${orchestration}', 'REJECTED', null, 'usr_sam', '${plain}', now())`,
      `insert into break_glass values ('acme', '${breakGlass}', '${incidentId}', 'usr_rosa', '${plain}', now(), now() + interval '1 minute')`,
      `insert into break_glass_review values ('acme', '${breakGlass}', 'usr_ada', 'JUSTIFIED', '${plain}', now())`,
      `insert into flag values ('acme', 'before', true, null, '${plain}', 'usr_sam', now()), ('acme', 'blank', true, null, ' ', 'usr_sam', now()),
        ('acme', 'ours', true, null, 'never engaged', 'system:default', now())`,
    ])
      await query(world.ownerUrl, statement);
    expect(await reasons()).toContain(plain);
    expect(await sealRows(world, world.vault, new Date(noon))).toBe(5);
    const texts = [
      ['orchestration.justification', orchestration, 'usr_rosa', `select justification from orchestration where id = '${orchestration}'`],
      ['approval.justification', approval, 'usr_sam', `select justification from approval where id = '${approval}'`],
      ['break_glass.justification', breakGlass, 'usr_rosa', `select justification from break_glass where id = '${breakGlass}'`],
      [
        'break_glass_review.comment',
        `${breakGlass} usr_ada`,
        'usr_ada',
        `select comment from break_glass_review where break_glass_id = '${breakGlass}'`,
      ],
      ['flag.reason', 'before', 'usr_sam', `select reason from flag where key = 'before'`],
    ] as const;
    for (const [column, row, by, statement] of texts) {
      const [text] = Object.values((await query(world.ownerUrl, statement))[0] ?? {});
      expect(await unsealed(world, acme, { column, row, by, text })).toBe(plain);
    }
    expect(await query(world.ownerUrl, `select reason from flag where key in ('blank', 'ours') order by key`)).toEqual([
      { reason: ' ' },
      { reason: 'never engaged' },
    ]);
    expect(await sealRows(world, world.vault, new Date(noon))).toBe(0);
  });
});
