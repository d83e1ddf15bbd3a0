import { type DecisionId, entryOf } from '../../core/index.ts';
import {
  differenceOf,
  type PolicyEngine,
  type PolicyInput,
  type PolicyRule,
  type PolicyVersion,
  type Requirement,
  type Verdict,
} from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { type RecordedDecision, type RecordedEntry, type RecordedInput, readEffect, readInput, readLeaf } from '../recorded/entry.ts';
import type { Place, Records } from '../recorded/records.ts';
import { type ReadValue, valuesOf } from './reads.ts';

/** A rule as the policy in force describes it; null where that policy no longer knows it. `values`: what it read of the input. */
export type RuleView = {
  readonly ruleId: string;
  readonly title: string | null;
  readonly reference: string | null;
  readonly values: readonly ReadValue[];
};

/** What the policy in force says of the same input. `difference` is undefined when it does the same (see `differenceOf`). */
export type Today = { readonly policy: PolicyVersion; readonly verdict: Verdict; readonly difference: string | undefined };

/** The policy in force for a tenant. */
export type PolicyOf = (tenant: string) => Promise<PolicyEngine>;

/** Everything the ledger knows of one decision. */
export type Explanation = {
  readonly decision: RecordedDecision;
  readonly entry: Pick<RecordedEntry, 'id' | 'type' | 'subject' | 'actor'>;
  /** The grant of an ALLOW, else the first unmet requirement. */
  readonly determining: RuleView;
  /** In order of precedence. */
  readonly unmet: readonly (Requirement & RuleView)[];
  readonly input: RecordedInput;
  /** What was recorded of the effect; null when there was none. */
  readonly effect: unknown;
  readonly place: Place;
  /** Undefined when the input is not the one that was decided on. */
  readonly today: Today | undefined;
};

/**
 * Reconstructs a decision from its entry; undefined when no log has it.
 *
 * @param policyOf the policy to decide it by today, for the tenant of the decision
 *
 * @throws ToolError `records.malformed`
 */
export async function explain(decisionId: DecisionId, records: Records, policyOf: PolicyOf): Promise<Explanation | undefined> {
  const found = await records.find(entryOf(decisionId));
  if (found === undefined) return undefined;
  const leaf = readLeaf(found.body);
  if (leaf.kind !== 'decision') throw malformed(decisionId, leaf.kind === 'malformed' ? leaf.why : 'it holds no decision');
  const { entry, decision } = leaf;
  const engine = await policyOf(decision.tenant);
  const input = readInput(entry, decision, found.disclosures);
  const view = (ruleId: string): RuleView => viewOf(ruleId, engine.manifest.rules, input.input);
  return {
    decision,
    entry: { id: entry.id, type: entry.type, subject: entry.subject, actor: entry.actor },
    determining: view(decision.ruleId),
    unmet: decision.rules.map((rule) => ({ ...rule, ...view(rule.ruleId) })),
    input,
    effect: readEffect(entry, found.disclosures),
    place: found.place,
    today: input.state === 'exact' ? todayOf(engine, decision, input.input) : undefined,
  };
}

function todayOf(engine: PolicyEngine, decision: RecordedDecision, input: PolicyInput): Today {
  const { verdict } = engine.judge(input);
  return { policy: engine.version, verdict, difference: differenceOf(decision, verdict) };
}

function viewOf(ruleId: string, rules: readonly PolicyRule[], input: unknown): RuleView {
  const rule = rules.find(({ id }) => id === ruleId);
  return { ruleId, title: rule?.title ?? null, reference: rule?.reference ?? null, values: valuesOf(rule?.reads ?? [], input) };
}

function malformed(decisionId: string, why: string): ToolError {
  return new ToolError('records.malformed', `the entry of \`${decisionId}\` cannot be read: ${why}`, {
    remedy: 'verify the log with `countersign ledger verify`',
  });
}
