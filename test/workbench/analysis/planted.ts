import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Policy } from '../../../src/workbench/index.ts';
import { loadPolicy } from '../../../src/workbench/index.ts';
import { makeFolder } from '../../support/folders.ts';

export const policies = join(import.meta.dirname, '../../../policies');
export const analysis = join(policies, 'analysis');

/** A text in a file of the policies, and what a bug makes of it. An empty `from` writes the file anew. */
export type Plant = { readonly file: string; readonly from: string; readonly to: string };

/** A copy of the policies' sources with bugs in it. */
export function plantedFolder(...plants: readonly Plant[]): string {
  const folder = makeFolder('planted');
  for (const part of ['capabilities.json', 'lib', 'main', 'rules']) cpSync(join(policies, part), join(folder, part), { recursive: true });
  for (const { file, from, to } of plants) {
    const path = join(folder, file);
    const text = from === '' ? '' : readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no \`${from}\``);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, from === '' ? to : text.replace(from, to));
  }
  return folder;
}

const compiled = new Map<string, Promise<Policy>>();

/** The policies with bugs in them, compiled for real; once a file of tests. */
export async function planted(...plants: readonly Plant[]): Promise<Policy> {
  const key = JSON.stringify(plants);
  const policy = compiled.get(key) ?? loadPolicy(plantedFolder(...plants), 'the planted policy');
  compiled.set(key, policy);
  return await policy;
}

type Yaml = Record<string, unknown>;

/** A folder with a space and invariants of its own, made from ours. */
export function analysisFolder(change: { space?: (space: Yaml) => Yaml; invariants?: readonly object[] }): string {
  const folder = makeFolder('analysis');
  const space: Yaml = parse(readFileSync(join(analysis, 'space.yaml'), 'utf8'));
  writeFileSync(join(folder, 'space.yaml'), stringify(change.space?.(space) ?? space));
  const invariants =
    change.invariants === undefined
      ? readFileSync(join(analysis, 'invariants.yaml'), 'utf8')
      : stringify({ invariants: change.invariants });
  writeFileSync(join(folder, 'invariants.yaml'), invariants);
  return folder;
}

/** Our space with some attributes declared otherwise. */
export function declaring(attributes: Yaml): (space: Yaml) => Yaml {
  return (space) => ({ ...space, attributes: { ...(space['attributes'] as Yaml), ...attributes } });
}

const still = {
  'facts.calendar.minuteOfDay': { values: [] },
  'facts.calendar.holiday': { values: [] },
  'facts.calendar.window': { values: [] },
};

const aside = ['facts.breakGlass.secondsLeft', 'facts.breakGlass.declaredBy'];

export const narrow = declaring({
  'actor.roles': { subsets: { of: 'roles', upTo: 1 } },
  ...still,
  ...Object.fromEntries(aside.map((path) => [path, { optional: true, values: [] }])),
});

/**
 * Our own analysis with nobody in two roles at once, at an hour of work, and with nobody's break-glass: a tenth of the work, for
 * what does not depend on it. Invariants that speak of these are left out; `npm run policy:check` proves them.
 */
export function narrowed(): string {
  const { invariants }: { invariants: object[] } = parse(readFileSync(join(analysis, 'invariants.yaml'), 'utf8'));
  const without = [...Object.keys(still), ...aside, 'facts.calendar.weekday'];
  return analysisFolder({
    space: narrow,
    invariants: invariants.filter((invariant) => !without.some((path) => JSON.stringify(invariant).includes(`"${path}"`))),
  });
}

export const bugs = {
  freshness: { file: 'rules/orchestration/dry_run_fresh/rule.rego', from: '<= _max_age_seconds', to: '< _max_age_seconds' },
  signIn: { file: 'lib/authentication/authentication.rego', from: 'age <= seconds', to: 'age < seconds' },
  tenant: { file: 'rules/core/tenant_match/rule.rego', from: '\tinput.actor.tenant == input.resource.tenant\n', to: '' },
  fourEyes: { file: 'rules/orchestration/four_eyes_execute/rule.rego', from: '\tapproval.actor != input.actor.id\n', to: '' },
  killSwitch: {
    file: 'rules/orchestration/kill_switch/rule.rego',
    from: '_released if input.facts.killSwitch == false',
    to: '_released if input.facts.killSwitch == true',
  },
  device: { file: 'rules/core/device_trust/rule.rego', from: '{"high", "medium"}', to: '{"low", "medium"}' },
} satisfies Record<string, Plant>;
