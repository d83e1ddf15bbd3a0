import { knownResource, type Scope } from '../govern/index.ts';
import { type PolicyEngine, type PolicyInput, policyNow } from '../policy/index.ts';

/**
 * A policy under which nobody could go back would stay for ever, for going back is decided by the policy that is active. So one is taken
 * only if, under it, an org-admin with every assurance could confirm a rollback that somebody else proposed.
 *
 * @returns why not, in words; undefined when it can be taken back
 */
export function whyIrrevocable(engine: PolicyEngine, scope: Scope): string | undefined {
  const { result, ruleId } = engine.decide(rollbackBy(scope)).verdict;
  return result === 'ALLOW'
    ? undefined
    : `under this policy nobody could take it back: a rollback by an org-admin is denied by \`${ruleId}\``;
}

function rollbackBy(scope: Scope): PolicyInput {
  const { tenant } = scope.actor;
  return {
    action: 'policy.rollback',
    now: policyNow(scope.now),
    actor: {
      id: 'user:second',
      kind: 'human',
      tenant,
      roles: ['org-admin'],
      purposes: ['operations'],
      authTime: policyNow(scope.now).epoch,
      acr: 'urn:countersign:acr:mfa',
      amr: ['pwd', 'otp'],
    },
    resource: knownResource(scope, { type: 'policy', id: 'sha256:before', purpose: 'policy' }),
    context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 0, channel: 'graphql' },
    facts: {
      request: { justification: 'the policy denies too much' },
      policyChange: { proposedBy: 'user:first', active: false },
    },
  };
}
