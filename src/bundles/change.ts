import { type Effect, knownResource, type Scope } from '../govern/index.ts';
import type { Facts, PolicyRegistry, Resource } from '../policy/index.ts';
import type { Trx } from '../storage/index.ts';
import {
  type Activation,
  activationsOf,
  type ChangeAction,
  dropProposals,
  insertActivation,
  insertProposal,
  lockPolicy,
  type Proposal,
  takeProposal,
} from './store.ts';

/** A change that nobody confirmed within it must be proposed anew. */
const PROPOSAL_HOURS = 24;

/** Which policy a change would make active. */
export type Target = { readonly digest: string; readonly serial: number; readonly revision: string };

/** What both kinds of change are decided on. */
export type Change = {
  readonly action: ChangeAction;
  readonly target: Target;
  readonly proposal: Proposal | undefined;
  readonly active: Target & { readonly position: number };
};

export type ChangeResult = { status: 'PROPOSED' | 'ACTIVATED'; digest: string; serial: number; revision: string };

export function policyResource(scope: Scope, digest: string): Resource {
  return knownResource(scope, { type: 'policy', id: digest, purpose: 'policy' });
}

/** What is active, and who proposed this change before; the tenant's policy stays as it is until the transaction ends. */
export async function loadChange(
  trx: Trx,
  scope: Scope,
  policies: Pick<PolicyRegistry, 'builtIn'>,
  wanted: { readonly action: ChangeAction; readonly target: Target },
): Promise<Change> {
  const { tenant } = scope.actor;
  await lockPolicy(trx, tenant);
  const [latest] = await activationsOf(trx, tenant, 1);
  const since = new Date(scope.now.getTime() - PROPOSAL_HOURS * 3_600_000);
  const proposal = await takeProposal(trx, tenant, { action: wanted.action, digest: wanted.target.digest }, since);
  return { ...wanted, proposal, active: latest ?? { ...targetOf(policies), position: 0 } };
}

/** The policy that ships. */
export function targetOf({ builtIn }: Pick<PolicyRegistry, 'builtIn'>): Target {
  const { digest, serial, revision } = builtIn.manifest;
  return { digest, serial, revision };
}

export function factsOf({ target, proposal, active }: Change, justification: string): Facts {
  return {
    request: { justification },
    policyChange: { proposedBy: proposal?.proposedBy ?? null, active: active.digest === target.digest },
  };
}

/** The first call proposes; the second, of somebody else as the policy demands, makes it so. */
export async function makeChange(trx: Trx, change: Change, { actor, now }: Scope, reason: string): Promise<Effect<ChangeResult>> {
  const { action, target, proposal, active } = change;
  if (proposal === undefined) {
    await insertProposal(trx, actor.tenant, { action, digest: target.digest, proposedBy: actor.id, proposedAt: now });
    return { result: { status: 'PROPOSED', ...target }, record: { status: 'PROPOSED', ...target, justification: reason } };
  }
  const activation: Activation = {
    ...target,
    position: active.position + 1,
    action,
    proposedBy: proposal.proposedBy,
    confirmedBy: actor.id,
    at: now,
  };
  await insertActivation(trx, actor.tenant, activation);
  await dropProposals(trx, actor.tenant);
  const { position, proposedBy } = activation;
  const before = { digest: active.digest, revision: active.revision };
  return {
    result: { status: 'ACTIVATED', ...target },
    record: { status: 'ACTIVATED', ...target, position, before, proposedBy, justification: reason },
  };
}
