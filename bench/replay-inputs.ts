import { type PolicyInput, policyNow } from '../src/policy/index.ts';

const actions = [
  ['incident.acknowledge', 'incident', 'DETECTED'],
  ['incident.resolve', 'incident', 'INVESTIGATING'],
  ['orchestration.propose', 'incident', 'INVESTIGATING'],
  ['orchestration.dry_run', 'orchestration', 'PROPOSED'],
  ['orchestration.approve', 'orchestration', 'DRY_RUN_PASSED'],
  ['orchestration.execute', 'orchestration', 'APPROVED'],
] as const;
const roles = ['responder', 'sre', 'org-admin', 'viewer'] as const;
const trusts = ['high', 'high', 'medium', 'low'] as const;
const severities = ['P1', 'P2', 'P3'] as const;
const start = Date.parse('2026-01-05T08:00:00Z');
const plan = `sha256:${'a'.repeat(64)}`;

/**
 * What was asked the `n`th time, of a few weeks of incidents: every fact of a real command, no input twice. Who acts, proposed
 * and approved are drawn from few people, so that one is now and then two of the three.
 */
export function inputAt(n: number): PolicyInput {
  const draw = drawer(n);
  const [action, type, status] = draw(actions);
  const person = `usr_${draw([1, 2, 3, 4])}`;
  const now = policyNow(new Date(start + n * 20_000));
  return {
    action,
    now,
    actor: {
      id: person,
      kind: 'human',
      tenant: 'alpha',
      roles: [draw(roles)],
      purposes: ['incident-response', 'operations'],
      authTime: now.epoch - 60,
      acr: draw(['urn:countersign:acr:mfa', 'urn:countersign:acr:mfa', null]),
      amr: ['pwd', 'otp'],
    },
    resource: {
      type,
      id: `${type === 'incident' ? 'inc' : 'orc'}_${String(n).padStart(12, '0')}`,
      tenant: 'alpha',
      known: true,
      purpose: 'incident-response',
      region: 'eu-central-1',
      category: 'service_outage',
      severity: draw(severities),
    },
    context: { zone: 'corporate', deviceTrust: draw(trusts), sessionRisk: 5, channel: 'graphql' },
    facts: type === 'incident' && action !== 'orchestration.propose' ? { incident: { status } } : planFacts(status, draw),
  };
}

type Draw = <T>(values: readonly T[]) => T;

function planFacts(status: string, draw: Draw): PolicyInput['facts'] {
  const people = ['usr_1', 'usr_2', 'usr_3', 'usr_4'] as const;
  const stage = (['PROPOSED', 'DRY_RUN_PASSED', 'APPROVED'] as const).find((one) => one === status) ?? 'PROPOSED';
  return {
    request: { planHash: plan, justification: 'checkout is slow, restarting its workers' },
    incident: { status: 'INVESTIGATING' },
    orchestration: { status: stage, proposedBy: draw(people), planHash: plan, simulated: false },
    dryRun: { passed: true, ageSeconds: 42 },
    approvals: stage === 'APPROVED' ? [{ actor: draw(people), planHash: plan }] : [],
    killSwitch: false,
    freeze: { active: false, until: '', reason: '' },
  };
}

/** Draws that are the same for the same seed (mulberry32). */
function drawer(seed: number): Draw {
  let state = seed;
  return <T>(values: readonly T[]): T => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const drawn = values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length];
    if (drawn === undefined) throw new Error('there is nothing to draw from');
    return drawn;
  };
}
