import type { Example, GroupKey, Outcome } from './judge.ts';

/** Decisions that change in the same way, and the first few of them. */
export type Group = GroupKey & { count: number; readonly examples: Example[] };

/** Recorded decisions that cannot be decided again, and the ids of the first few. */
export type Unusable = { count: number; readonly decisionIds: string[] };

/** What was counted. Tallies of parts add up, so parts can be counted apart. */
export type Tally = {
  entries: number;
  before: number;
  other: number;
  malformed: number;
  unchanged: number;
  reworded: number;
  readonly altered: Unusable;
  readonly erased: Unusable;
  readonly faults: { count: number; readonly examples: Example[] };
  readonly groups: Map<string, Group>;
  /** How many decisions each policy made, by its digest. */
  readonly policies: Map<string, { readonly revision: string; count: number }>;
};

export function emptyTally(): Tally {
  return {
    entries: 0,
    before: 0,
    other: 0,
    malformed: 0,
    unchanged: 0,
    reworded: 0,
    altered: { count: 0, decisionIds: [] },
    erased: { count: 0, decisionIds: [] },
    faults: { count: 0, examples: [] },
    groups: new Map(),
    policies: new Map(),
  };
}

/** Counts one outcome in; of a kind the first `limit` examples are kept. */
export function count(tally: Tally, outcome: Outcome, limit: number): void {
  tally.entries += 1;
  switch (outcome.kind) {
    case 'before':
    case 'other':
    case 'malformed':
      tally[outcome.kind] += 1;
      return;
    case 'altered':
    case 'erased':
      addUnusable(tally[outcome.kind], { count: 1, decisionIds: [outcome.decisionId] }, limit);
      return;
    case 'unchanged':
      tally.unchanged += 1;
      if (outcome.reworded) tally.reworded += 1;
      break;
    case 'fault':
      addExamples(tally.faults, { count: 1, examples: [outcome.example] }, limit);
      break;
    case 'changed':
      addGroup(tally, { ...outcome.group, count: 1, examples: [outcome.example] }, limit);
      break;
  }
  const { digest, revision } = outcome.decision.policy;
  addPolicy(tally, digest, { revision, count: 1 });
}

/** Adds the tally of a later part to that of the parts before it, so that the examples kept are the first of the whole. */
export function add(total: Tally, part: Tally, limit: number): void {
  for (const name of ['entries', 'before', 'other', 'malformed', 'unchanged', 'reworded'] as const) total[name] += part[name];
  addUnusable(total.altered, part.altered, limit);
  addUnusable(total.erased, part.erased, limit);
  addExamples(total.faults, part.faults, limit);
  for (const group of part.groups.values()) addGroup(total, group, limit);
  for (const [digest, policy] of part.policies) addPolicy(total, digest, policy);
}

function addUnusable(total: Unusable, part: Unusable, limit: number): void {
  total.count += part.count;
  total.decisionIds.push(...part.decisionIds.slice(0, Math.max(0, limit - total.decisionIds.length)));
}

function addExamples(
  total: { count: number; readonly examples: Example[] },
  part: { readonly count: number; readonly examples: readonly Example[] },
  limit: number,
): void {
  total.count += part.count;
  total.examples.push(...part.examples.slice(0, Math.max(0, limit - total.examples.length)));
}

function addGroup(tally: Tally, group: Group, limit: number): void {
  const { kind, action, roles, recordedRule, candidateRule } = group;
  const key = JSON.stringify([kind, action, roles, recordedRule, candidateRule]);
  const known = tally.groups.get(key) ?? { ...group, count: 0, examples: [] };
  addExamples(known, group, limit);
  tally.groups.set(key, known);
}

function addPolicy(tally: Tally, digest: string, { revision, count: more }: { revision: string; count: number }): void {
  tally.policies.set(digest, { revision, count: (tally.policies.get(digest)?.count ?? 0) + more });
}
