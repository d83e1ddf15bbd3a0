import {
  type CedarValueJson,
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyInput } from '../../src/policy/index.ts';
import { cedarPolicies } from './cedar-policies.ts';

const policySet = 'countersign';

export const cedarLacks = [
  'Cedar: one bit and the ids of the policies that determined it: no STEP_UP, no precedence, no explanation with values, no remedy;',
  '  two of its facts (an approval by others, a long enough reason) are worked out by the caller; its requests are prepared beforehand',
];

export function loadCedar(): void {
  const answer = preparsePolicySet(policySet, { staticPolicies: { ...cedarPolicies } });
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
}

/** `allow` or `deny`. */
export function decideWithCedar(call: StatefulAuthorizationCall): string {
  const answer = statefulIsAuthorized(call);
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
  return answer.response.decision;
}

/** Our input as Cedar takes it: roles are groups of the principal, what is null is absent. */
export function toCedar({ action, now, actor, resource, context, facts }: PolicyInput): StatefulAuthorizationCall {
  const principal = { type: 'User', id: actor.id };
  const target = { type: 'Resource', id: resource.id };
  const { roles, id: name, ...attributes } = actor;
  return {
    principal,
    action: { type: 'Action', id: action },
    resource: target,
    context: recordOf({
      ...context,
      now: now?.epoch ?? 0,
      facts: facts ?? {},
      justified: (facts?.request?.justification ?? '').trim().length >= 10,
      approvedByOthers: isApprovedByOthers({ actor, facts }),
    }),
    preparsedPolicySetId: policySet,
    entities: [
      { uid: principal, attrs: recordOf({ ...attributes, name }), parents: roles.map((id) => ({ type: 'Role', id })) },
      { uid: target, attrs: recordOf(resource), parents: [] },
    ],
  };
}

function isApprovedByOthers({ actor, facts }: Pick<PolicyInput, 'actor' | 'facts'>): boolean {
  const { orchestration, approvals = [] } = facts ?? {};
  return approvals.some(
    (approval) =>
      approval.planHash === orchestration?.planHash && approval.actor !== orchestration.proposedBy && approval.actor !== actor.id,
  );
}

function recordOf(value: object): Record<string, CedarValueJson> {
  return JSON.parse(JSON.stringify(value, (_, member) => (member === null ? undefined : member)));
}
