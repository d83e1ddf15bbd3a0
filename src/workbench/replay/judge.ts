import { z } from 'zod';
import { differenceOf, isReworded, type PolicyEngine, type Verdict } from '../../policy/index.ts';
import { type RecordedDecision, type RecordedEntry, readInput, readLeaf } from '../recorded/entry.ts';
import type { RecordedBody } from '../recorded/records.ts';

const withRoles = z.object({ actor: z.object({ roles: z.array(z.string()) }) });

/** One side of an example. `unmet`: ids of the requirements that did not hold. */
export type Answered = Pick<Verdict, 'result' | 'ruleId' | 'explanation'> & { readonly unmet: readonly string[] };

/** A decision as a report shows it: enough to find it, to know whom it concerns and what would change. */
export type Example = {
  readonly decisionId: string;
  readonly ts: string;
  readonly actor: string;
  readonly subject: string;
  readonly recorded: Answered;
  readonly candidate: Answered;
};

/** What distinguishes one group of changed decisions from another. */
export type GroupKey = {
  /** `ALLOW → DENY`, `other rule`, … as `differenceOf` says. */
  readonly kind: string;
  readonly action: string;
  /** The actor's roles, sorted, joined by `+`; `none` when there is none, `unknown` when the input does not say. */
  readonly roles: string;
  readonly recordedRule: string;
  readonly candidateRule: string;
};

/** What became of one leaf. */
export type Outcome =
  | { readonly kind: 'before' | 'other' | 'malformed' }
  | { readonly kind: 'altered' | 'erased'; readonly decisionId: string }
  | { readonly kind: 'unchanged'; readonly reworded: boolean; readonly decision: RecordedDecision }
  | { readonly kind: 'fault'; readonly decision: RecordedDecision; readonly example: Example }
  | { readonly kind: 'changed'; readonly decision: RecordedDecision; readonly group: GroupKey; readonly example: Example };

/** Decides one recorded leaf again. `since`: milliseconds since the epoch; what is older is left out. */
export function judge(engine: PolicyEngine, { body, disclosures }: RecordedBody, since: number): Outcome {
  const leaf = readLeaf(body);
  if (leaf.entry !== undefined && Date.parse(leaf.entry.ts) < since) return { kind: 'before' };
  if (leaf.kind !== 'decision') return { kind: leaf.kind };
  const { entry, decision } = leaf;
  const recorded = readInput(entry, decision, disclosures);
  if (recorded.state !== 'exact') return { kind: recorded.state, decisionId: decision.decisionId };
  const again = engine.judge(recorded.input).verdict;
  const example = exampleOf(entry, decision, again);
  if (decision.ruleId === 'engine.fault') return { kind: 'fault', decision, example };
  const kind = differenceOf(decision, again);
  if (kind === undefined) return { kind: 'unchanged', reworded: isReworded(decision, again), decision };
  const group = { kind, action: entry.type, roles: rolesOf(entry), recordedRule: decision.ruleId, candidateRule: again.ruleId };
  return { kind: 'changed', decision, group, example };
}

function exampleOf({ actor, subject }: RecordedEntry, decision: RecordedDecision, candidate: Verdict): Example {
  const { decisionId, ts } = decision;
  return { decisionId, ts, actor: actor.id, subject, recorded: answered(decision), candidate: answered(candidate) };
}

function answered({ result, ruleId, explanation, rules }: Verdict): Answered {
  return { result, ruleId, explanation, unmet: rules.map((rule) => rule.ruleId) };
}

function rolesOf({ data }: RecordedEntry): string {
  const { success, data: input } = withRoles.safeParse(data['input']);
  return success ? input.actor.roles.toSorted().join('+') || 'none' : 'unknown';
}
