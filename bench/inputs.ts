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

const orchestration: PolicyInput = {
  ...base,
  action: 'orchestration.execute',
  resource: { ...base.resource, type: 'orchestration', id: 'orc_01a1fd3a-0c98-725a-990f-7c45fb57f051' },
  facts: {
    request: { planHash: plan },
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

/** What the gateway really asks, by name: allowed, denied and stepped up. */
export const inputs: readonly (readonly [string, PolicyInput])[] = [
  ['acknowledge, allowed', base],
  ['acknowledge by a viewer, denied', { ...base, actor: { ...base.actor, roles: ['viewer'] } }],
  ['execute, allowed', orchestration],
  ['execute with a password only, step-up', { ...orchestration, actor: { ...orchestration.actor, acr: null } }],
  [
    'execute, five requirements unmet',
    {
      ...orchestration,
      context: { ...base.context, deviceTrust: 'low' },
      facts: { ...orchestration.facts, killSwitch: true, approvals: [], dryRun: { passed: false, ageSeconds: 9_000 } },
    },
  ],
];
