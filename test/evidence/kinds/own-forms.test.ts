import { describe, expect, it } from 'vitest';
import { collect, fixture, kindOf, refusal } from './collected.ts';

/** A member of a fixture of one of our own forms replaced, and what is then said. */
type Broken = readonly [path: string, value: unknown, message: string];

function changed(file: string, path: string, value: unknown): unknown {
  const document: unknown = JSON.parse(fixture(file).toString('utf8'));
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const place = steps.reduce<object>((at, step) => Reflect.get(at, step), Object(document));
  if (value === undefined) Reflect.deleteProperty(place, last);
  else Reflect.set(place, last, value);
  return document;
}

const forms: Readonly<Record<string, readonly Broken[]>> = {
  'dr-drill/failover.json': [
    ['drill', '', 'too small: expected string to have >=1 characters at `$.drill`'],
    ['rpoSeconds', -1, 'too small: expected number to be >=0 at `$.rpoSeconds`'],
    ['rtoSeconds', '611', 'invalid input: expected number, received string at `$.rtoSeconds`'],
    ['objectives', undefined, 'invalid input: expected object, received undefined at `$.objectives`'],
    ['finishedAt', '2026-01-01T05:00:00Z', 'finished before it started at `$`'],
    ['finishedAt', '2026-01-01T07:00:00+01:00', 'invalid ISO datetime at `$.finishedAt`'],
    ['finishedAt', '2026-02-30T07:00:00Z', 'invalid ISO datetime at `$.finishedAt`'],
    ['steps', [], 'too small: expected array to have >=1 items at `$.steps`'],
    ['steps.1.startedAt', '2026-01-01T06:20:00Z', 'finished before it started at `$.steps[1]`'],
    ['steps.1.passed', 1, 'invalid input: expected boolean, received number at `$.steps[1].passed`'],
    ['comment', 'x', 'unrecognized key: "comment" at `$`'],
  ],
  'residency/two-regions.json': [
    ['checkedAt', 'yesterday', 'invalid ISO datetime at `$.checkedAt`'],
    ['tenants.0.probes.0.observed', 'maybe', 'invalid option: expected one of "allowed"|"refused" at `$.tenants[0].probes[0].observed`'],
    ['tenants.0.probes.0.allowed', undefined, 'invalid input: expected boolean, received undefined at `$.tenants[0].probes[0].allowed`'],
    ['tenants.1.note', '', 'unrecognized key: "note" at `$.tenants[1]`'],
  ],
  'slo-report/quarter.json': [
    ['objectives.0.achieved', 99.97, 'too big: expected number to be <=1 at `$.objectives[0].achieved`'],
    ['objectives.0.burn', -0.1, 'too small: expected number to be >=0 at `$.objectives[0].burn`'],
    ['objectives', [], 'too small: expected array to have >=1 items at `$.objectives`'],
    ['to', '2025-09-30T00:00:00Z', '`to` is before `from` at `$`'],
  ],
  'migration-timeline/blue-green.json': [
    ['errorRate', 1.01, 'too big: expected number to be <=1 at `$.errorRate`'],
    ['score', 101, 'too big: expected number to be <=100 at `$.score`'],
    ['phases', [], 'too small: expected array to have >=1 items at `$.phases`'],
    ['phases.0.finishedAt', '2026-01-01T00:59:59Z', 'finished before it started at `$.phases[0]`'],
    ['backout', { plan: 'p' }, 'invalid input: expected boolean, received undefined at `$.backout.validated`'],
  ],
  'schema-diff-sql/ours.json': [
    ['changes.0.criticality', 'harmless', 'invalid option: expected one of "breaking"|"dangerous"|"safe" at `$.changes[0].criticality`'],
    ['from', '', 'too small: expected string to have >=1 characters at `$.from`'],
    ['extra', 1, 'unrecognized key: "extra" at `$`'],
  ],
  'chaos/ledger.json': [
    ['lost', 0.5, 'invalid input: expected int, received number at `$.lost`'],
    ['duplicated', -1, 'too small: expected number to be >=0 at `$.duplicated`'],
    ['rounds', '3', 'invalid input: expected number, received string at `$.rounds`'],
  ],
};

describe.each(Object.entries(forms))('%s', (file, broken) => {
  it.each(broken)('is refused with %s = %j', (path, value, message) => {
    expect(refusal(file.split('/')[0] ?? '', changed(file, path, value), 'x')[1].replace(/^.*? is not [^:]*: /, '')).toBe(message);
  });
});

/** What did not pass, and why: the rest of the fixture holds. */
it.each([
  ['dr-drill', 'failover.json', 'rpoSeconds', 61],
  ['dr-drill', 'failover.json', 'rtoSeconds', 900.5],
  ['dr-drill', 'failover.json', 'steps.2.passed', false],
  ['chaos', 'ledger.json', 'lost', 1],
  ['chaos', 'ledger.json', 'duplicated', 1],
  ['chaos', 'ledger.json', 'rounds', 0],
])('%s did not pass with %s %s = %j', (kind, file, path, value) => {
  const { statement } = kindOf(kind);
  const item = collect(kind, changed(`${kind}/${file}`, path, value));
  expect(statement.form === 'test-result' && statement.passed(item)).toBe(false);
});

it('gives the day of the last phase, also of those that ran side by side', () => {
  const timeline = changed('migration-timeline/blue-green.json', 'phases.0.finishedAt', '2026-01-02T00:00:00Z');
  expect(collect('migration-timeline', timeline).madeAt).toBe('2026-01-02T00:00:00.000Z');
});
