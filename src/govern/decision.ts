import type { DecisionId, EntryId, TenantId } from '../core/index.ts';
import type { Challenge, Evaluation, PolicyInput, PolicyVersion, Requirement } from '../policy/index.ts';

/** What was decided on one action, by which rule and why (design §2; the seed's decision log, extended). */
export type Decision = {
  readonly decisionId: DecisionId;
  readonly action: string;
  readonly result: 'ALLOW' | 'DENY' | 'STEP_UP';
  /** The grant when allowed, the first unmet requirement by precedence when not. */
  readonly ruleId: string;
  readonly explanation: string;
  /** Every unmet requirement, in order of precedence. */
  readonly rules: readonly Requirement[];
  /** For STEP_UP: what signing in again must ask for (RFC 9470). */
  readonly challenge: Challenge | null;
  /** What the gateway must do with its answer. */
  readonly obligations: readonly string[];
  readonly policy: PolicyVersion;
  /** `sha256:` of the canonical JSON of the input as the ledger keeps it, with commitments where a person wrote something. */
  readonly inputDigest: string;
  readonly tenant: TenantId;
  readonly purpose: string;
  /** RFC 3339, UTC. */
  readonly ts: string;
  /** Time the evaluation took, microseconds. */
  readonly micros: number;
};

export function toDecision(id: DecisionId, tenant: TenantId, input: PolicyInput, evaluation: Evaluation): Decision {
  const { verdict, policy, inputDigest, micros } = evaluation;
  return {
    decisionId: id,
    action: input.action,
    ...verdict,
    policy,
    inputDigest,
    tenant,
    purpose: input.resource.purpose,
    ts: input.now.iso,
    micros,
  };
}

/**
 * What the caller is told. Who may not know why they are denied learns the result and which entry of the ledger has the rest. A step-up
 * is never masked: it holds a grant, and without its challenge it would be a door without a handle.
 */
export function disclose(decision: Decision, entryId: EntryId): Decision {
  if (decision.result !== 'DENY' || !decision.obligations.includes('mask_explanation')) return decision;
  const explanation = `this is not permitted; an org-admin sees why in the entry \`${entryId}\` of the ledger`;
  return { ...decision, ruleId: 'policy.masked', explanation, rules: [], challenge: null };
}
