import { type Effect, knownResource, type Scope } from '../govern/index.ts';
import type { Facts, PolicyRegistry, Resource, SignatureState } from '../policy/index.ts';
import type { Trx } from '../storage/index.ts';
import {
  activationsOf,
  type ChangeAction,
  dropLapsed,
  dropProposals,
  findProposal,
  highestSerial,
  insertActivation,
  insertProposal,
  lockPolicy,
  type Proposal,
} from './store.ts';

/** A change that nobody confirmed within it must be proposed anew. */
const PROPOSAL_HOURS = 24;

/** A policy by its names. */
export type Named = { readonly digest: string; readonly serial: number; readonly revision: string };

/** What a change would make active, and what was found of it. */
export type Candidate = {
  readonly action: ChangeAction;
  readonly target: Named & { readonly builtIn: boolean };
  /** Digest of the manifest that was sent, so that two people confirm one very bundle; empty when none was. */
  readonly manifest: string;
  readonly signature: SignatureState;
  /** Why it cannot be used; null when it can. */
  readonly fault: string | null;
};

/** A change on which it is decided. */
export type Change = Candidate & {
  readonly proposal: Proposal | undefined;
  readonly active: Named & { readonly position: number };
  readonly highestSerial: number;
};

export type ChangeResult = {
  readonly status: 'PROPOSED' | 'ACTIVATED';
  readonly digest: string;
  readonly serial: number;
  readonly revision: string;
};

export function policyResource(scope: Scope, digest: string): Resource {
  return knownResource(scope, { type: 'policy', id: digest, purpose: 'policy' });
}

/** The policy that ships. */
export function builtInOf({ builtIn }: Pick<PolicyRegistry, 'builtIn'>): Named {
  const { digest, serial, revision } = builtIn.manifest;
  return { digest, serial, revision };
}

/** What is active, and who proposed this change before; the tenant's policy stays as it is until the transaction ends. */
export async function loadChange(
  trx: Trx,
  { actor, now }: Scope,
  policies: Pick<PolicyRegistry, 'builtIn'>,
  candidate: Candidate,
): Promise<Change> {
  const { tenant } = actor;
  await lockPolicy(trx, tenant);
  const [latest] = await activationsOf(trx, tenant, 1);
  await dropLapsed(trx, tenant, new Date(now.getTime() - PROPOSAL_HOURS * 3_600_000));
  const builtIn = builtInOf(policies);
  return {
    ...candidate,
    proposal: await findProposal(trx, tenant, proposedBy(candidate)),
    active: { ...(latest === undefined || latest.builtIn ? builtIn : latest), position: latest?.position ?? 0 },
    highestSerial: Math.max(builtIn.serial, await highestSerial(trx, tenant)),
  };
}

function proposedBy({ action, target: { digest }, manifest }: Candidate): { action: ChangeAction; digest: string; manifest: string } {
  return { action, digest, manifest };
}

export function factsOf(change: Change, justification: string): Facts {
  const { target, proposal, active, signature, fault } = change;
  return {
    request: { justification },
    bundle: {
      serial: target.serial,
      activeSerial: change.highestSerial,
      signature: signature.state,
      signer: signature.state === 'valid' ? signature.signer : null,
      fault,
    },
    policyChange: { proposedBy: proposal?.proposedBy ?? null, active: active.digest === target.digest },
  };
}

/**
 * The first call proposes; the second, of somebody else as the policy demands, makes it so.
 *
 * @throws Error when the policy allowed what no policy may: one that nobody signed, or that does not run
 */
export async function makeChange(trx: Trx, change: Change, { actor, now }: Scope, reason: string): Promise<Effect<ChangeResult>> {
  const { action, target, proposal, active, signature, fault } = change;
  if (signature.state !== 'valid' || fault !== null) throw new Error('the policy allowed a bundle that is unsigned or faulty');
  const { digest, serial, revision } = target;
  const named = { digest, serial, revision };
  const { signer } = signature;
  if (proposal === undefined) {
    await insertProposal(trx, actor.tenant, proposedBy(change), { proposedBy: actor.id, proposedAt: now });
    return { result: { status: 'PROPOSED', ...named }, record: { status: 'PROPOSED', ...named, justification: reason, signer } };
  }
  const position = active.position + 1;
  const people = { proposedBy: proposal.proposedBy, confirmedBy: actor.id };
  await insertActivation(trx, actor.tenant, { ...target, ...people, position, action, at: now });
  await dropProposals(trx, actor.tenant);
  const before = { digest: active.digest, revision: active.revision };
  return {
    result: { status: 'ACTIVATED', ...named },
    record: { status: 'ACTIVATED', ...named, position, before, proposedBy: people.proposedBy, justification: reason, signer },
  };
}
