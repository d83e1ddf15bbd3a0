import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/index.ts';
import { PolicyEngine, type PolicyInput, policyInput, readBundle } from '../../src/policy/index.ts';
import { dist, goldenCases, varied } from './golden-cases.ts';
import { anyJson } from './input-arbitrary.ts';

const engine = await PolicyEngine.load(readBundle(dist));
const { manifest } = engine;
const golden = goldenCases().map(({ input }) => input);
const runs = { numRuns: 2_000, seed: 20260921 };

const text = fc.string({ maxLength: 12 });
const tenant = fc.constantFrom('acme', 'umbrella', '', 'ACME');
const person = fc.constantFrom('user:rita', 'user:sam', 'user:pat', 'user:sue', '');
const hash = fc.constantFrom('sha256:aa', 'sha256:bb');
const role = fc.constantFrom('auditor', 'org-admin', 'policy-author', 'release-bot', 'responder', 'service', 'sre', 'viewer', 'ѕre');
const purpose = fc.constantFrom('incident-response', 'record', 'audit', 'training', '');
const trust = fc.constantFrom('low', 'medium', 'high');

/** One change at a time, within the schema. */
const change: fc.Arbitrary<[string, Json]> = fc.oneof(
  ...Object.entries({
    action: fc.oneof(fc.constantFrom(...manifest.actions), text),
    'actor.id': person,
    'actor.tenant': tenant,
    'actor.roles': fc.uniqueArray(role, { maxLength: 3 }),
    'actor.purposes': fc.uniqueArray(purpose, { maxLength: 2 }),
    'actor.authTime': fc.oneof(fc.constant(null), fc.integer({ min: 1789998000, max: 1790001000 })),
    'actor.acr': fc.constantFrom(null, 'urn:countersign:acr:mfa', 'urn:countersign:acr:pwd'),
    'resource.tenant': tenant,
    'resource.known': fc.boolean(),
    'resource.purpose': purpose,
    'resource.severity': fc.constantFrom(null, 'P0', 'P1', 'P2', 'P3', 'P4'),
    'context.zone': fc.constantFrom('office', 'unknown', ''),
    'context.deviceTrust': trust,
    'context.sessionRisk': fc.integer({ min: 0, max: 100 }),
    facts: fc.constantFrom({}, ...golden.map(({ facts }) => facts)),
    'facts.request': fc.record({ planHash: hash, justification: text }, { requiredKeys: [] }),
    'facts.incident': fc.record({ status: fc.constantFrom('DETECTED', 'ACKNOWLEDGED', 'INVESTIGATING', 'RESOLVED', 'CLOSED') }),
    'facts.dryRun': fc.record({ passed: fc.boolean(), ageSeconds: fc.integer({ min: -5, max: 4_000 }) }),
    'facts.approvals': fc.array(fc.record({ actor: person, planHash: hash }), { maxLength: 3 }),
    'facts.killSwitch': fc.boolean(),
    'facts.breakGlass': fc.record({ active: fc.boolean(), secondsLeft: fc.integer({ min: 0, max: 2 }), declaredBy: person }),
    'facts.calendar': fc.record({
      timeZone: fc.constant('Europe/Berlin'),
      weekday: fc.integer({ min: 1, max: 7 }),
      minuteOfDay: fc.integer({ min: 0, max: 1_439 }),
      holiday: fc.constantFrom(null, 'Christmas'),
      window: fc.constantFrom(null, { days: [1, 3], from: 480, until: 1_080 }),
    }),
  }).map(([path, value]) => fc.tuple(fc.constant(path), value)),
);

/** One of these inputs and up to four changes: near enough to what is allowed to be allowed often. */
function near(inputs: readonly PolicyInput[]): fc.Arbitrary<PolicyInput> {
  return fc
    .tuple(fc.constantFrom(...inputs), fc.array(change, { maxLength: 4 }))
    .map(([input, changes]) => policyInput.parse(varied(input, Object.fromEntries(changes))));
}

/** Whether changes are made at a calendar's moment, said once more and in other words than the rule. */
function isOpen(calendar: PolicyInput['facts']['calendar']): boolean {
  if (calendar === undefined || calendar.holiday !== null) return false;
  const { weekday, minuteOfDay, window } = calendar;
  return window === null || (window.days.includes(weekday) && window.from <= minuteOfDay && minuteOfDay < window.until);
}

/** Whether the actor's own break-glass holds, said once more. */
function isBroken({ actor, facts: { breakGlass } }: PolicyInput): boolean {
  const { active = false, secondsLeft = 0, declaredBy } = breakGlass ?? {};
  return active && secondsLeft > 0 && declaredBy === actor.id;
}

const resultOf = (input: unknown) => engine.decide(input as PolicyInput).verdict.result;
const changed = (input: PolicyInput, path: string, value: Json) => varied(input, { [path]: value });

/** Checks a property of inputs that are allowed, and that enough of them came to make it worth something. */
function ofAllowed(holds: (input: PolicyInput) => boolean, inputs = golden): void {
  let seen = 0;
  fc.assert(
    fc.property(near(inputs), (input) => {
      if (resultOf(input) !== 'ALLOW') return true;
      seen += 1;
      return holds(input);
    }),
    runs,
  );
  expect(seen).toBeGreaterThan(runs.numRuns / 10);
}

describe('for any input', () => {
  it('what is not made to be allowed is denied, without a fault', () => {
    fc.assert(
      fc.property(anyJson, (input) => {
        const { verdict, fault } = engine.decide(input as unknown as PolicyInput);
        expect({ result: verdict.result, fault }).toEqual({ result: 'DENY', fault: undefined });
      }),
      runs,
    );
  });

  it('each part may be of any JSON type: the answer is complete, and no ALLOW comes of a wrong tenant, role list or resource', () => {
    const parts = [
      'action',
      'now',
      'actor',
      'resource',
      'context',
      'facts',
      'actor.roles',
      'actor.tenant',
      'resource.known',
      'resource.tenant',
    ];
    const garbage = anyJson.filter((value) => value !== true && value !== 'acme' && !(Array.isArray(value) && value.length > 0));
    fc.assert(
      fc.property(fc.constantFrom(...golden), fc.constantFrom(...parts), garbage, (input, part, value) => {
        const { verdict, fault } = engine.decide(changed(input, part, value) as PolicyInput);
        expect(fault).toBeUndefined();
        if (part === 'now' || part === 'context' || part === 'facts') return;
        expect(verdict.result).toBe('DENY');
      }),
      runs,
    );
  });

  it('an answer is consistent in itself and names rules of the manifest', () => {
    const ids = new Set(manifest.rules.map(({ id }) => id));
    const precedence = new Map(manifest.rules.map((rule) => [rule.id, rule.precedence ?? Number.NaN]));
    fc.assert(
      fc.property(near(golden), (input) => {
        const { verdict, fault } = engine.decide(input);
        expect(fault).toBeUndefined();
        const unmet = verdict.rules.map(({ ruleId }) => ruleId);
        const places = unmet.map((id) => precedence.get(id));
        expect([verdict.ruleId, ...unmet].filter((id) => !ids.has(id))).toEqual([]);
        expect(places).toEqual(places.toSorted((a = 0, b = 0) => a - b));
        // Evidence tells all that is missing, each once; any other rule says one thing.
        const said = verdict.rules.map(({ ruleId, explanation }) => (ruleId === 'evidence.complete' ? `${ruleId} ${explanation}` : ruleId));
        expect(new Set(said).size).toBe(unmet.length);
        if (verdict.result === 'ALLOW') expect(unmet).toEqual([]);
        else expect(verdict.ruleId).toBe(unmet[0]);
        expect(verdict.result === 'STEP_UP').toBe(unmet.length > 0 && verdict.rules.every(({ effect }) => effect === 'STEP_UP'));
      }),
      runs,
    );
  });
});

describe('of what is allowed', () => {
  it('nothing is without roles', () => ofAllowed((input) => resultOf(changed(input, 'actor.roles', [])) === 'DENY'));

  it('nothing is in another tenant', () => {
    const others = (of: string) => ['', 'elsewhere', `${of}x`, `${of} `, of.toUpperCase() === of ? of.toLowerCase() : of.toUpperCase()];
    ofAllowed((input) => others(input.actor.tenant).every((other) => resultOf(changed(input, 'actor.tenant', other)) === 'DENY'));
    ofAllowed((input) => others(input.resource.tenant).every((other) => resultOf(changed(input, 'resource.tenant', other)) === 'DENY'));
  });

  it('nothing is on what does not exist', () => ofAllowed((input) => resultOf(changed(input, 'resource.known', false)) === 'DENY'));

  it('all stays so when the device is trusted more', () => {
    ofAllowed((input) =>
      ['medium', 'high'].every(
        (more) => input.context.deviceTrust === 'high' || resultOf(changed(input, 'context.deviceTrust', more)) === 'ALLOW',
      ),
    );
  });

  it('all stays so when the session is less risky or from a known place', () => {
    const less: readonly [string, Json][] = [
      ['context.sessionRisk', 0],
      ['context.zone', 'office'],
    ];
    ofAllowed((input) => less.every(([path, value]) => resultOf(changed(input, path, value)) === 'ALLOW'));
  });

  it('nothing sensitive is in a session of high risk, nor in a doubtful one without a fresh second factor', () => {
    const bland = ['alert', 'evidence', 'incident', 'ledger'];
    ofAllowed(({ action, actor, context, now }) => {
      const harmless = ['dry_run', 'propose', 'record_dry_run', 'record_outcome', 'reject'].map((verb) => `orchestration.${verb}`);
      if ((bland.includes(action.split('.')[0] ?? '') && action !== 'evidence.waive') || harmless.includes(action)) return true;
      expect(context.sessionRisk).toBeLessThan(80);
      if (context.sessionRisk < 50 && context.zone === 'office') return true;
      expect(actor.acr).toBe('urn:countersign:acr:mfa');
      expect(now.epoch - (actor.authTime ?? Number.NaN)).toSatisfy((age: number) => age >= 0 && age <= 900);
      return true;
    });
  });

  it('all stays so with another role besides', () => {
    ofAllowed((input) => resultOf(changed(input, 'actor.roles', [...input.actor.roles, 'viewer', 'sre'])) === 'ALLOW');
  });

  const executions = golden.filter(({ action }) => action === 'orchestration.execute');
  const isGrave = ({ resource }: PolicyInput) => resource.severity === null || ['P0', 'P1'].includes(resource.severity);

  it('no execution is stopped, stale, of another plan or weakly signed in', () => {
    ofAllowed((input) => {
      const { action, actor, facts, now } = input;
      if (action !== 'orchestration.execute') return true;
      const { dryRun, killSwitch, orchestration, request } = facts;
      expect([killSwitch, orchestration?.status, dryRun?.passed]).toEqual([false, 'APPROVED', true]);
      expect(dryRun?.ageSeconds).toSatisfy((age: number) => age >= 0 && age <= 1_800);
      expect(request?.planHash).toBe(orchestration?.planHash);
      if (!isGrave(input) && !isBroken(input)) return true;
      expect(actor.acr).toBe('urn:countersign:acr:mfa');
      expect(now.epoch - (actor.authTime ?? Number.NaN)).toSatisfy((age: number) => age >= 0 && age <= 900);
      return true;
    }, executions);
  });

  it('no execution is unapproved, frozen or outside the change window, unless under a break-glass of its own', () => {
    ofAllowed((input) => {
      const { action, actor, facts, resource } = input;
      if (action !== 'orchestration.execute' || isBroken(input)) return true;
      const { approvals = [], freeze, orchestration } = facts;
      const others = approvals.filter((approval) => approval.actor !== actor.id && approval.actor !== orchestration?.proposedBy);
      expect(others.map(({ planHash }) => planHash)).toContain(orchestration?.planHash);
      expect(freeze?.active).toBe(false);
      if (resource.severity === null || !isGrave(input)) expect(isOpen(facts.calendar)).toBe(true);
      return true;
    }, executions);
  });
});
