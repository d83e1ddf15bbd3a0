import type { Summary } from '../kinds/kind.ts';
import type { ArtifactRecord } from '../manifest.ts';
import { type Condition, type Contract, LEDGER_BUILT, type Requirement, requirementId } from './contract.ts';
import { type Waiver, waiverFor } from './waivers.ts';

export type Outcome = 'met' | 'missing' | 'stale' | 'unmet' | 'waived' | 'absent';

/** What came of one requirement. */
export type Ruling = {
  readonly id: string;
  readonly outcome: Outcome;
  /** For people. */
  readonly detail: string;
  readonly waiver: Pick<Waiver, 'seq' | 'entryId' | 'owner' | 'reason' | 'expiresAt'> | null;
};

/** The contract applied: `verdict.json`, but for what the manifest says as well. */
export type Verdict = {
  readonly result: 'PASSED' | 'FAILED';
  readonly requirements: readonly Ruling[];
  readonly required: readonly string[];
  /** What is required and neither met nor waived, and what is optional, there, and does not hold. */
  readonly missing: readonly string[];
};

/** What is judged. */
export type Shown = {
  readonly release: string;
  readonly at: string;
  readonly artifacts: readonly ArtifactRecord[];
  /** Whether the ledger was told of this bundle. */
  readonly built: boolean;
  readonly waivers: readonly Waiver[];
};

export function judge(contract: Contract, shown: Shown): Verdict {
  const requirements = contract.requirements.map((requirement) => rule(requirement, shown));
  const missing = requirements.filter(({ outcome }) => !['met', 'waived', 'absent'].includes(outcome)).map(({ id }) => id);
  return {
    result: missing.length === 0 ? 'PASSED' : 'FAILED',
    requirements,
    required: contract.requirements.filter(({ optional }) => !optional).map(requirementId),
    missing,
  };
}

type Finding = Pick<Ruling, 'outcome' | 'detail'>;

function rule(requirement: Requirement, shown: Shown): Ruling {
  const id = requirementId(requirement);
  const { outcome, detail } = requirement.item === LEDGER_BUILT ? findBuilt(shown) : find(requirement, shown);
  if (outcome === 'met' || outcome === 'absent') return { id, outcome, detail, waiver: null };
  if (outcome === 'missing' && requirement.optional) return { id, outcome: 'absent', detail, waiver: null };
  const waiver = id === LEDGER_BUILT ? undefined : waiverFor(shown.waivers, shown.release, id, shown.at);
  if (waiver === undefined) return { id, outcome, detail, waiver: null };
  const { seq, entryId, owner, reason, expiresAt } = waiver;
  return { id, outcome: 'waived', detail, waiver: { seq, entryId, owner, reason, expiresAt } };
}

function findBuilt({ built }: Shown): Finding {
  return built
    ? { outcome: 'met', detail: 'the ledger has its `evidence.built` entry' }
    : { outcome: 'missing', detail: 'the ledger has no `evidence.built` entry of this content' };
}

function find({ item, name, assert, maxAgeDays }: Requirement, { artifacts, at }: Shown): Finding {
  const items = artifacts.filter((artifact) => artifact.kind === item && (name === null || artifact.name === name));
  if (items.length === 0) return { outcome: 'missing', detail: name === null ? `no item of kind ${item}` : `no item \`${name}\`` };
  const stale = maxAgeDays === null ? undefined : items.map((one) => staleness(one, maxAgeDays, at)).find((why) => why !== undefined);
  if (stale !== undefined) return { outcome: 'stale', detail: stale };
  const broken = items.flatMap((one) => violations(one, assert));
  if (broken.length > 0) return { outcome: 'unmet', detail: broken.join('; ') };
  return { outcome: 'met', detail: items.map((one) => one.name).join(', ') };
}

const DAY = 86_400_000;

function staleness({ name, madeAt }: ArtifactRecord, maxAgeDays: number, at: string): string | undefined {
  if (madeAt === undefined) return `nothing says when \`${name}\` was made`;
  const age = Date.parse(at) - Date.parse(madeAt);
  return age <= maxAgeDays * DAY ? undefined : `\`${name}\` was made at ${madeAt}, more than ${maxAgeDays} days before ${at}`;
}

function violations({ name, summary = {} }: ArtifactRecord, assert: Requirement['assert']): string[] {
  return Object.entries(assert).flatMap(([field, condition]) => {
    const why = violation(summary, field, condition);
    return why === undefined ? [] : [`\`${name}\`: ${why}`];
  });
}

function violation(summary: Summary, field: string, { min, max, equals }: Condition): string | undefined {
  const value = Object.hasOwn(summary, field) ? summary[field] : undefined;
  if (value === undefined) return `it does not tell \`${field}\``;
  if (equals !== undefined && value !== equals) return `\`${field}\` is ${value}, it must be ${equals}`;
  if (min === undefined && max === undefined) return undefined;
  if (typeof value !== 'number') return `\`${field}\` is ${value}, not a number`;
  if (min !== undefined && value < min) return `\`${field}\` is ${value}, at least ${min} is required`;
  if (max !== undefined && value > max) return `\`${field}\` is ${value}, at most ${max} is allowed`;
  return undefined;
}
