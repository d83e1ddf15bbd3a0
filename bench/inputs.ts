import { type PolicyInput, policyNow } from '../src/policy/index.ts';

const now = policyNow(new Date('2026-01-03T12:00:00Z'));
const plan = `sha256:${'a'.repeat(64)}`;

const base: PolicyInput = {
  action: 'incident.acknowledge',
  now,
  actor: {
    id: 'sre@alpha',
    kind: 'human',
    tenant: 'alpha',
    roles: ['sre'],
    purposes: ['incident-response', 'operations'],
    authTime: now.epoch - 60,
    acr: 'urn:countersign:acr:mfa',
    amr: ['pwd', 'otp'],
  },
  resource: {
    type: 'incident',
    id: 'inc_01a1fd3a-0c98-725a-990f-7c45fb57f050',
    tenant: 'alpha',
    known: true,
    purpose: 'incident-response',
    region: 'eu-central-1',
    category: 'service_outage',
    severity: 'P1',
  },
  context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 5, channel: 'graphql' },
  facts: { incident: { status: 'DETECTED' } },
};

/** What the policy looks at and no more: smaller than what a gateway sends, whose inputs are complete. */
const least = {
  action: 'ledger.read_entry',
  actor: { id: 'a', tenant: 'alpha', roles: ['auditor'], purposes: ['audit'] },
  resource: { type: 'entry', id: 'e', tenant: 'alpha', known: true, purpose: 'record' },
} as PolicyInput;

const orchestration: PolicyInput = {
  ...base,
  action: 'orchestration.execute',
  resource: { ...base.resource, type: 'orchestration', id: 'orc_01a1fd3a-0c98-725a-990f-7c45fb57f051' },
  facts: {
    request: { planHash: plan },
    incident: { status: 'INVESTIGATING' },
    orchestration: { status: 'APPROVED', proposedBy: 'responder@alpha', planHash: plan, simulated: false },
    dryRun: { passed: true, ageSeconds: 42 },
    approvals: [{ actor: 'org-admin@alpha', planHash: plan }],
    killSwitch: false,
    freeze: { active: false, until: '', reason: '' },
    calendar: {
      timeZone: 'Europe/Berlin',
      weekday: 6,
      minuteOfDay: 780,
      holiday: null,
      window: { days: [1, 2, 3, 4, 5], from: 480, until: 1_080 },
    },
    breakGlass: { active: false, secondsLeft: 0 },
  },
};

const many = (count: number, name: string): string[] => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** The same execution by someone in many groups, with a long reason and several approvals, the one that counts being the last. */
function executionOf(groups: number, approvals: number, reason: number): PolicyInput {
  const others = many(approvals - 1, 'former-approver').map((actor) => ({ actor, planHash: `sha256:${'b'.repeat(64)}` }));
  return {
    ...orchestration,
    actor: { ...orchestration.actor, roles: [...many(groups, 'acme-production-group'), 'sre'] },
    facts: {
      ...orchestration.facts,
      request: { planHash: plan, justification: 'the checkout is down in one region; '.repeat(Math.ceil(reason / 36)).slice(0, reason) },
      approvals: [...others, { actor: 'org-admin@alpha', planHash: plan }],
    },
  };
}

export type BenchInput = { readonly name: string; readonly input: PolicyInput; readonly result: 'ALLOW' | 'DENY' | 'STEP_UP' };

/** What the gateway asks, from 200 bytes to 8 KB, and what must be answered: a benchmark of wrong answers is none. */
export const inputs: readonly BenchInput[] = [
  { name: 'the least that can be allowed', result: 'ALLOW', input: least },
  { name: 'acknowledge, allowed', result: 'ALLOW', input: base },
  { name: 'acknowledge by a viewer', result: 'DENY', input: { ...base, actor: { ...base.actor, roles: ['viewer'] } } },
  {
    name: 'an alert from its source',
    result: 'ALLOW',
    input: {
      ...base,
      action: 'alert.receive',
      actor: { ...base.actor, id: 'service:pager', kind: 'service', roles: ['service'], purposes: [], authTime: null, acr: null, amr: [] },
      resource: { ...base.resource, type: 'alert-source', id: 'pager', severity: null },
      context: { ...base.context, channel: 'webhook' },
      facts: {},
    },
  },
  {
    name: 'set a flag',
    result: 'ALLOW',
    input: {
      ...base,
      action: 'flag.set',
      resource: { ...base.resource, type: 'flag', id: 'search.index', purpose: 'operations', severity: null },
      facts: { request: { justification: 'the index is being rebuilt' } },
    },
  },
  {
    name: 'read a timeline',
    result: 'ALLOW',
    input: { ...base, action: 'ledger.read_timeline', resource: { ...base.resource, purpose: 'record' }, facts: {} },
  },
  { name: 'execute, allowed', result: 'ALLOW', input: orchestration },
  { name: 'execute with a password only', result: 'STEP_UP', input: { ...orchestration, actor: { ...orchestration.actor, acr: null } } },
  {
    name: 'execute, five requirements unmet',
    result: 'DENY',
    input: {
      ...orchestration,
      context: { ...base.context, deviceTrust: 'low' },
      facts: { ...orchestration.facts, killSwitch: true, approvals: [], dryRun: { passed: false, ageSeconds: 9_000 } },
    },
  },
  { name: 'execute, 2 KB', result: 'ALLOW', input: executionOf(12, 3, 300) },
  { name: 'execute, 4 KB', result: 'ALLOW', input: executionOf(30, 10, 900) },
  { name: 'execute, 8 KB', result: 'ALLOW', input: executionOf(80, 20, 2_300) },
];
