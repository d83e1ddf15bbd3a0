import type { Disclosure } from '../../vault/index.ts';
import { type RecordedLeaf, readInput } from '../recorded/entry.ts';

/** What says which service decided; OPA's `labels` are text. */
export type Labels = { readonly id: string; readonly version: string; readonly app: string };

/** An event of OPA's decision log (`EventV1`), field by field as tools for OPA read it. What OPA has no field for is in `custom`. */
export type DecisionEvent = {
  readonly labels: Labels;
  readonly decision_id: string;
  readonly bundles: { readonly countersign: { readonly revision: string } };
  readonly path: string;
  readonly input: unknown;
  readonly result: object;
  /** JSON pointers, `/input/…`, of what was erased; only when something was. */
  readonly erased?: readonly string[];
  /** Only when the engine failed, so that the denial is none of the policy's. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly requested_by: string;
  readonly timestamp: string;
  readonly metrics: { readonly timer_rego_query_eval_ns: number };
  readonly custom: object;
};

/** The entrypoint that is asked, as OPA writes the path of a query. */
const path = 'main/decision';

/** The event of a recorded decision. `labels.id` is the log, which is the tenant: OPA names the instance there. */
export function toEvent(
  leaf: Extract<RecordedLeaf, { kind: 'decision' }>,
  disclosures: readonly Disclosure[],
  version: string,
): DecisionEvent {
  const { entry, decision } = leaf;
  const { result, ruleId, explanation, rules, challenge, obligations, policy, inputDigest } = decision;
  const input = readInput(entry, decision, disclosures);
  return {
    labels: { id: entry.log ?? '', version, app: 'countersign' },
    decision_id: decision.decisionId,
    bundles: { countersign: { revision: policy.revision } },
    path,
    input: input.input,
    result: { result, ruleId, explanation, rules, challenge, obligations },
    ...(input.state === 'erased' && { erased: input.pointers }),
    ...(ruleId === 'engine.fault' && { error: { code: 'internal_error', message: explanation } }),
    requested_by: entry.actor.id,
    timestamp: decision.ts,
    metrics: { timer_rego_query_eval_ns: decision.micros * 1_000 },
    custom: {
      entry_id: entry.id,
      seq: entry.seq,
      policy_digest: policy.digest,
      input_digest: inputDigest,
      input_state: input.state,
      subject: entry.subject,
    },
  };
}
