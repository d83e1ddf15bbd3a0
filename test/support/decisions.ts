import { newId, tenantId } from '../../src/core/index.ts';
import type { Decision } from '../../src/govern/index.ts';

export const secondFactor = { acrValues: 'urn:countersign:acr:mfa', maxAge: 900 };

/** A decision that asks for a second factor, but for what a test changes. */
export function aDecision(over: Partial<Decision> = {}): Decision {
  return {
    decisionId: newId('decision'),
    action: 'orchestration.execute',
    result: 'STEP_UP',
    ruleId: 'orchestration.step_up',
    explanation: 'executing on a P1 needs a second factor within the last 900 s',
    rules: [],
    challenge: secondFactor,
    obligations: [],
    policy: { digest: 'sha256:0', revision: 'r' },
    inputDigest: 'sha256:0',
    tenant: tenantId('alpha'),
    purpose: 'incident-response',
    ts: '2026-03-02T12:00:00.000Z',
    micros: 1,
    ...over,
  };
}
