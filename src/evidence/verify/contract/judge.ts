import type { ArtifactRecord, Manifest } from '../read/manifest.ts';
import type { Requirement } from '../report.ts';
import { type Condition, type Contract, type ContractRequirement, idOf, LEDGER_BUILT } from './contract.ts';
import type { Waiver } from './waivers.ts';

export type Judged = Requirement & { readonly optional: boolean; readonly waiver: Waiver | null };

export type Judgement = {
  readonly requirements: readonly Judged[];
  readonly result: 'PASSED' | 'FAILED';
  /** Ids, in the contract's order. */
  readonly required: readonly string[];
  readonly missing: readonly string[];
};

export type Evidence = {
  readonly manifest: Pick<Manifest, 'at' | 'artifacts'>;
  /** Whether the ledger has the entry of this bundle. */
  readonly built: boolean;
  /** Proven ones that hold for this release. */
  readonly waivers: readonly Waiver[];
};

/** The contract applied to what the manifest says of its items, from the text of the format and not from the builder. */
export function judge({ requirements }: Contract, evidence: Evidence): Judgement {
  const judged = requirements.map((requirement) => judgeOne(requirement, evidence));
  const missing = judged.filter(({ outcome }) => outcome === 'missing' || outcome === 'stale' || outcome === 'unmet').map(({ id }) => id);
  const required = judged.filter(({ optional }) => !optional).map(({ id }) => id);
  return { requirements: judged, result: missing.length === 0 ? 'PASSED' : 'FAILED', required, missing };
}

type Found = Pick<Requirement, 'outcome' | 'detail'>;

function judgeOne(requirement: ContractRequirement, evidence: Evidence): Judged {
  const id = idOf(requirement);
  const { optional, obtain } = requirement;
  const found = requirement.item === LEDGER_BUILT ? judgeBuilt(evidence.built) : judgeItems(requirement, evidence.manifest);
  const of = { id, optional, obtain };
  if (found.outcome === 'missing' && optional) return { ...of, outcome: 'absent', detail: 'not there, and need not be', waiver: null };
  const waiver = found.outcome === 'met' ? undefined : evidence.waivers.find((item) => item.requirement === id);
  if (waiver === undefined) return { ...of, ...found, waiver: null };
  const detail = `${found.detail}; waived by ${waiver.owner} until ${waiver.expiresAt}: ${waiver.reason}`;
  return { ...of, outcome: 'waived', detail, waiver };
}

function judgeBuilt(built: boolean): Found {
  return built
    ? { outcome: 'met', detail: 'the ledger has the entry of this bundle' }
    : { outcome: 'missing', detail: 'the ledger has no entry of this bundle' };
}

function judgeItems({ item, name, maxAgeDays, assert }: ContractRequirement, { artifacts, at }: Evidence['manifest']): Found {
  const items = artifacts.filter((record) => record.kind === item && (name === null || record.name === name));
  if (items.length === 0)
    return { outcome: 'missing', detail: name === null ? `no item of kind \`${item}\`` : `no \`${name}\` of kind \`${item}\`` };
  const stale = items.find((record) => isStale(record, at, maxAgeDays));
  if (stale !== undefined) {
    const made = stale.madeAt === undefined ? 'nobody knows when it was made' : `it was made at ${stale.madeAt}`;
    return { outcome: 'stale', detail: `\`${stale.name}\` is older than ${maxAgeDays} days at ${at}: ${made}` };
  }
  const unmet = items.flatMap((record) => unmetOf(record, assert));
  if (unmet.length > 0) return { outcome: 'unmet', detail: unmet.join('; ') };
  return { outcome: 'met', detail: items.map((record) => record.name).join(', ') };
}

const DAY = 86_400_000;

function isStale({ madeAt }: ArtifactRecord, at: string, maxAgeDays: number | null): boolean {
  if (maxAgeDays === null) return false;
  return madeAt === undefined || Date.parse(at) - Date.parse(madeAt) > maxAgeDays * DAY;
}

function unmetOf({ name, summary = {} }: ArtifactRecord, assert: Readonly<Record<string, Condition>>): string[] {
  return Object.entries(assert).flatMap(([member, condition]) => {
    const value = Object.hasOwn(summary, member) ? summary[member] : undefined;
    if (value === undefined) return [`\`${name}\` does not say \`${member}\``];
    return conditionsOf(condition)
      .filter(({ holds }) => !holds(value))
      .map(({ text }) => `\`${member}\` of \`${name}\` is ${value}, not ${text}`);
  });
}

type Value = number | boolean | string;

function conditionsOf({ min, max, equals }: Condition): { text: string; holds(value: Value): boolean }[] {
  return [
    ...(min === undefined ? [] : [{ text: `at least ${min}`, holds: (value: Value) => typeof value === 'number' && value >= min }]),
    ...(max === undefined ? [] : [{ text: `at most ${max}`, holds: (value: Value) => typeof value === 'number' && value <= max }]),
    ...(equals === undefined ? [] : [{ text: `${equals}`, holds: (value: Value) => value === equals }]),
  ];
}
