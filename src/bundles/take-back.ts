import { randomUUID } from 'node:crypto';
import { knownResource, type Scope } from '../govern/index.ts';
import { type PolicyEngine, type PolicyInput, policyNow } from '../policy/index.ts';

/**
 * A policy under which nobody could go back would stay for ever, for going back is decided by the policy that is active. So one is taken
 * only if, under it, an org-admin with every assurance can propose a rollback and another one confirm it. It keeps from accidents; who may
 * sign policies can still write one that closes the door later.
 *
 * @returns why not, in words; undefined when it can be taken back
 */
export function whyIrrevocable(engine: PolicyEngine, scope: Scope): string | undefined {
  const [first, second] = [`user:${randomUUID()}`, `user:${randomUUID()}`];
  for (const [step, by, proposedBy] of [
    ['propose', first, null],
    ['confirm', second, first],
  ] as const) {
    const { result, ruleId } = engine.decide(rollbackBy(by, proposedBy, scope)).verdict;
    if (result !== 'ALLOW') return `under this policy nobody could ${step} a rollback: an org-admin gets ${result} by \`${ruleId}\``;
  }
  return undefined;
}

function rollbackBy(id: string, proposedBy: string | null, scope: Scope): PolicyInput {
  const { tenant } = scope.actor;
  const moment = policyNow(scope.now);
  return {
    action: 'policy.rollback',
    now: moment,
    actor: {
      id,
      kind: 'human',
      tenant,
      roles: ['org-admin'],
      purposes: ['operations'],
      authTime: moment.epoch,
      acr: 'urn:countersign:acr:mfa',
      amr: ['pwd', 'otp'],
    },
    resource: knownResource(scope, { type: 'policy', id: 'sha256:earlier', purpose: 'policy' }),
    context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 0, channel: 'graphql' },
    facts: {
      request: { justification: 'the policy denies too much' },
      bundle: { serial: 1, activeSerial: 2, signature: 'valid', signer: 'built-in', fault: null },
      policyChange: { proposedBy, active: false },
    },
  };
}
