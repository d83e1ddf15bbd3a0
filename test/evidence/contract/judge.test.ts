import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/core/index.ts';
import type { Contract, Requirement } from '../../../src/evidence/contract/contract.ts';
import { judge, type Shown } from '../../../src/evidence/contract/judge.ts';
import type { Waiver } from '../../../src/evidence/contract/waivers.ts';
import { waiverIn } from '../../../src/evidence/contract/waivers.ts';
import type { ArtifactRecord } from '../../../src/evidence/manifest.ts';
import { readContract } from '../../../src/evidence/verify/contract/contract.ts';
import { judge as judgeAgain } from '../../../src/evidence/verify/contract/judge.ts';
import { waiverIn as waiverAgainIn } from '../../../src/evidence/verify/contract/waivers.ts';

const AT = '2026-01-31T00:00:00.000Z';

function requirement(change: Partial<Requirement> = {}): Requirement {
  return { item: 'k6', name: null, optional: false, maxAgeDays: null, assert: {}, obtain: null, ...change };
}

function artifact(change: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return { name: 'k6-summary.json', kind: 'k6', sha256: '0'.repeat(64), size: 1, mediaType: 'application/json', ...change };
}

function waiver(change: Partial<Waiver> = {}): Waiver {
  return {
    seq: 9,
    entryId: 'ent_9',
    release: 'v1.0.0',
    requirement: 'k6',
    owner: 'u1',
    reason: 'load lab is closed',
    expiresAt: '2026-01-31T00:00:00.001Z',
    ...change,
  };
}

function judged(requirements: readonly Requirement[], shown: Partial<Shown> = {}) {
  const contract: Contract = { format: 1, kind: 'standard', requirements };
  return judge(contract, { release: 'v1.0.0', at: AT, artifacts: [artifact()], built: false, waivers: [], ...shown });
}

const bytesOf = (requirements: readonly Requirement[]) =>
  Buffer.concat([canonicalBytes({ format: 1, kind: 'standard', requirements }), Buffer.from('\n')]);

/** What the verifier, which shares no code with the builder, makes of the same contract and the same items. */
function judgedAgain(requirements: readonly Requirement[], { artifacts = [artifact()], built = false }: Partial<Shown> = {}) {
  return judgeAgain(
    { format: 1, kind: 'standard', requirements: [...requirements] },
    { manifest: { at: AT, artifacts: [...artifacts] }, built, waivers: [] },
  );
}

describe('one requirement', () => {
  const bounded = { p95Milliseconds: { min: 1, max: 300 } };
  it.each<[string, Partial<Requirement>, Partial<ArtifactRecord> | null, string, string]>([
    ['of what is not there', {}, null, 'missing', 'no item of kind k6'],
    ['of another item of the kind', { name: 'soak.json' }, {}, 'missing', 'no item `soak.json`'],
    ['of what is there', {}, {}, 'met', 'k6-summary.json'],
    ['optional and not there', { optional: true }, null, 'absent', 'no item of kind k6'],
    [
      'optional, there, and broken',
      { optional: true, assert: bounded },
      { summary: {} },
      'unmet',
      '`k6-summary.json`: it does not tell `p95Milliseconds`',
    ],
    ['at its lower bound', { assert: bounded }, { summary: { p95Milliseconds: 1 } }, 'met', 'k6-summary.json'],
    [
      'below it',
      { assert: bounded },
      { summary: { p95Milliseconds: 0.999 } },
      'unmet',
      '`k6-summary.json`: `p95Milliseconds` is 0.999, at least 1 is required',
    ],
    ['at its upper bound', { assert: bounded }, { summary: { p95Milliseconds: 300 } }, 'met', 'k6-summary.json'],
    [
      'above it',
      { assert: bounded },
      { summary: { p95Milliseconds: 300.001 } },
      'unmet',
      '`k6-summary.json`: `p95Milliseconds` is 300.001, at most 300 is allowed',
    ],
    [
      'of a number that is a text',
      { assert: bounded },
      { summary: { p95Milliseconds: '1' } },
      'unmet',
      '`k6-summary.json`: `p95Milliseconds` is 1, not a number',
    ],
    ['equal', { assert: { ok: { equals: true } } }, { summary: { ok: true } }, 'met', 'k6-summary.json'],
    [
      'equal but for the type',
      { assert: { ok: { equals: true } } },
      { summary: { ok: 'true' } },
      'unmet',
      '`k6-summary.json`: `ok` is true, it must be true',
    ],
    [
      'of what every object has',
      { assert: { constructor: { min: 0 } } },
      { summary: {} },
      'unmet',
      '`k6-summary.json`: it does not tell `constructor`',
    ],
    [
      'of what every object has, whatever it is',
      { assert: { constructor: {} } },
      { summary: { ok: true } },
      'unmet',
      '`k6-summary.json`: it does not tell `constructor`',
    ],
    ['exactly as old as it may be', { maxAgeDays: 30 }, { madeAt: '2026-01-01T00:00:00.000Z' }, 'met', 'k6-summary.json'],
    [
      'a moment older',
      { maxAgeDays: 30 },
      { madeAt: '2025-12-31T23:59:59.999Z' },
      'stale',
      '`k6-summary.json` was made at 2025-12-31T23:59:59.999Z, more than 30 days before 2026-01-31T00:00:00.000Z',
    ],
    ['of unknown age', { maxAgeDays: 30 }, {}, 'stale', 'nothing says when `k6-summary.json` was made'],
    ['made afterwards', { maxAgeDays: 30 }, { madeAt: '2027-01-01T00:00:00.000Z' }, 'met', 'k6-summary.json'],
  ])('%s', (_, change, item, outcome, detail) => {
    const { requirements } = judged([requirement(change)], { artifacts: item === null ? [] : [artifact(item)] });
    const id = change.name === undefined ? 'k6' : `k6:${change.name}`;
    expect(requirements).toEqual([{ id, outcome, detail, waiver: null }]);
    const again = judgedAgain([requirement(change)], { artifacts: item === null ? [] : [artifact(item)] });
    expect(again.requirements).toMatchObject([{ id, outcome, waiver: null }]);
  });

  it('holds for every item of its kind', () => {
    const artifacts = [artifact({ name: 'a.json', summary: { ok: true } }), artifact({ name: 'b.json', summary: { ok: false } })];
    const [ruling] = judged([requirement({ assert: { ok: { equals: true } } })], { artifacts }).requirements;
    expect(ruling).toMatchObject({ outcome: 'unmet', detail: '`b.json`: `ok` is false, it must be true' });
    expect(judgedAgain([requirement({ assert: { ok: { equals: true } } })], { artifacts }).missing).toEqual(['k6']);
  });

  it.each([
    [true, 'met'],
    [false, 'missing'],
  ])('of registration, when the ledger was told: %s', (built, outcome) => {
    expect(judged([requirement({ item: 'ledger-built' })], { built }).requirements[0]).toMatchObject({ id: 'ledger-built', outcome });
    expect(judgedAgain([requirement({ item: 'ledger-built' })], { built }).requirements[0]).toMatchObject({ id: 'ledger-built', outcome });
  });
});

describe('a contract', () => {
  it.each<[string, Requirement[], RegExp]>([
    ['without a requirement', [], /expected array to have >=1 items/],
    ['with a condition of nothing', [requirement({ assert: { ok: {} } })], /says nothing: it needs `min`, `max` or `equals`/],
    ['with an age of nothing', [requirement({ maxAgeDays: 0 })], /expected number to be >0/],
  ])('%s is none to the verifier either', (_, requirements, message) => {
    expect(() => readContract(bytesOf(requirements))).toThrow(message);
  });
});

describe('a waiver', () => {
  it.each([
    ['2026-01-31T00:00:00.001Z', true],
    ['2026-01-31T01:00:00.001+01:00', false],
    ['2026-02-01', false],
  ])('until %s is one to both: %s', (expiresAt, holds) => {
    const effect = { release: 'v1.0.0', requirement: 'k6', reason: 'load lab is closed', expiresAt };
    expect(waiverIn({ seq: 9, id: 'ent_9', actor: { id: 'u1' }, data: { effect } })).toEqual(holds ? waiver() : undefined);
    const again = () =>
      waiverAgainIn({ seq: 9, id: 'ent_9', type: 'evidence.waive', result: 'ALLOW', actor: 'u1', effect }, { release: 'v1.0.0', at: AT });
    if (holds) expect(again()).toMatchObject({ owner: 'u1', requirement: 'k6', expiresAt });
    else expect(again).toThrow('entry 9 does not say what it waives');
  });

  it.each<[string, Partial<Waiver>, string]>([
    ['that holds for a moment more', {}, 'waived'],
    ['that has just expired', { expiresAt: AT }, 'missing'],
    ['of another release', { release: 'v1.0.1' }, 'missing'],
    ['of another requirement', { requirement: 'k6:soak.json' }, 'missing'],
  ])('%s', (_, change, outcome) => {
    expect(judged([requirement()], { artifacts: [], waivers: [waiver(change)] }).requirements[0]).toMatchObject({ outcome });
  });

  it('is the newest of those that hold, and is named', () => {
    const waivers = [waiver({ seq: 3 }), waiver({ seq: 7, owner: 'u2' }), waiver({ seq: 8, expiresAt: AT })];
    expect(judged([requirement()], { artifacts: [], waivers }).requirements[0]).toEqual({
      id: 'k6',
      outcome: 'waived',
      detail: 'no item of kind k6',
      waiver: { seq: 7, entryId: 'ent_9', owner: 'u2', reason: 'load lab is closed', expiresAt: '2026-01-31T00:00:00.001Z' },
    });
  });

  it('is not used where it is not needed', () => {
    expect(judged([requirement()], { waivers: [waiver()] }).requirements[0]).toMatchObject({ outcome: 'met', waiver: null });
  });
});

describe('the verdict', () => {
  it('passes exactly when nothing is missing', () => {
    const all = [requirement(), requirement({ item: 'junit' }), requirement({ item: 'canary', optional: true })];
    expect(judged(all)).toMatchObject({ result: 'FAILED', required: ['k6', 'junit'], missing: ['junit'] });
    const waivers = [waiver({ requirement: 'junit' })];
    expect(judged(all, { waivers })).toMatchObject({ result: 'PASSED', required: ['k6', 'junit'], missing: [] });
  });

  it('counts an optional item that is there and does not hold', () => {
    const optional = requirement({ optional: true, assert: { ok: { equals: true } } });
    expect(judged([optional])).toMatchObject({ result: 'FAILED', required: [], missing: ['k6'] });
  });
});
