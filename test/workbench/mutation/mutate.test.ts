import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mutatePolicies, readGoldenCases, resolveTool } from '../../../src/workbench/index.ts';
import { readMutants } from '../../../src/workbench/mutation/mutants.ts';
import { makeFolder, removeFolders } from '../../support/folders.ts';

const rule = `# METADATA
# title: Age
# description: Adults and members only.
package rules.club.age

# METADATA
# title: Age
# description: Adults and members only.
# custom:
#   id: club.age
unmet contains "too young" if not _adult

default _adult := false

_adult if {
	input.age >= _least
	input.card in {"ü", "gold"}
}

_least := 18
`;

const test = `package rules.club.age_test

import data.rules.club.age

test_a_child_is_too_young if age.unmet == {"too young"} with input as {"age": 17, "card": "gold"}

test_an_adult_is_not if age.unmet == set() with input as {"age": 18, "card": "gold"}

test_a_stranger_is if age.unmet == {"too young"} with input as {"age": 18, "card": "iron"}
`;

let opa: string;
let folder: string;
let scratch: string;
beforeAll(async () => {
  opa = await resolveTool('opa');
}, 600_000);
beforeEach(() => {
  folder = makeFolder('mutate');
  scratch = makeFolder('mutate-scratch');
  vi.stubEnv('TMPDIR', scratch);
  write('rules/club/age/rule.rego', rule);
  write('rules/club/age/rule_test.rego', test);
});
afterEach(() => {
  vi.unstubAllEnvs();
  removeFolders([folder, scratch]);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const argue = (...mutations: string[]) =>
  write(
    'mutation/equivalent.yaml',
    JSON.stringify(mutations.map((mutation) => ({ file: 'rules/club/age/rule.rego', mutation, why: 'nobody can tell, honestly' }))),
  );

const survivor = '_adult: drop member `"ü"`';
const equivalent = '_adult: remove rule `default _adult := false`';

describe('the mutants of a policy', () => {
  it('are its every change, named without line numbers', async () => {
    const mutants = await readMutants(opa, folder);
    expect(mutants.map(({ line, mutation }) => `${line} ${mutation}`)).toEqual([
      '6 unmet: remove rule `unmet contains "too young" if not _adult`',
      '11 unmet: change constant `"too young"` → `"mutated"`',
      '11 unmet: drop condition `not _adult` → `true`',
      '11 unmet: negate condition `not _adult` → `_adult`',
      `13 ${equivalent}`,
      '13 _adult: change default `false` → `true`',
      '15 _adult: remove rule `_adult if { input.age >= _least input.card in {"ü", "gold"} }`',
      '16 _adult: drop condition `input.age >= _least` → `true`',
      '16 _adult: negate condition `input.age >= _least` → `not input.age >= _least`',
      '16 _adult: swap comparison `>=` → `>`',
      '16 _adult: swap comparison `>=` → `<`',
      '17 _adult: drop condition `input.card in {"ü", "gold"}` → `true`',
      '17 _adult: negate condition `input.card in {"ü", "gold"}` → `not input.card in {"ü", "gold"}`',
      `17 ${survivor}`,
      '17 _adult: drop member `"gold"`',
      '20 _least: remove rule `_least := 18`',
      '20 _least: change constant `18` → `19`',
      '20 _least: change constant `18` → `17`',
    ]);
  });

  it('differ from it in one place, after letters of two bytes too', async () => {
    const texts = new Map((await readMutants(opa, folder)).map(({ mutation, text }) => [mutation, text]));
    expect(texts.get('_adult: drop member `"gold"`')).toBe(rule.replace('{"ü", "gold"}', '{"ü"}'));
    expect(texts.get(survivor)).toBe(rule.replace('{"ü", "gold"}', '{"gold"}'));
    expect(texts.get('_least: change constant `18` → `19`')).toBe(rule.replace('18', '19'));
  });

  it.each<[string, string, string[]]>([
    ['a comparison in a call', 'x := input.a < input.b', ['swap comparison `<` → `<=`', 'swap comparison `<` → `>=`']],
    ['a negative number', 'x := -5', ['change constant `-5` → `-4`', 'change constant `-5` → `-6`']],
    ['null', 'x := null', ['change constant `null` → `false`']],
    ['a raw string', 'x := `a`', ['change constant ``a`` → `"mutated"`']],
    ['a template', 'x := $"a {input.b}"', ['change constant `$"a {input.b}"` → `"mutated"`']],
    [
      'an index, but no attribute',
      'x := input.a[0].b["c"]',
      ['change constant `0` → `1`', 'change constant `0` → `-1`', 'change constant `"c"` → `"mutated"`'],
    ],
    ['the only member', 'x := {1}', ['drop member `{1}` → `set()`']],
    ['members of lists and the lists in them', 'x := [1, [2]]', ['drop member `1`', 'drop member `[2]`', 'drop member `[2]` → `[]`']],
    [
      'keys with their values',
      'x := {"a": 1, "b": input.c}',
      ['drop member `"a": 1`', 'drop member `"b": input.c`', 'change constant `1` → `2`', 'change constant `1` → `0`'],
    ],
    [
      'the loop and the filter of a comprehension',
      'x := [y | some y in input.z; y != 3]',
      [
        'drop condition `some y in input.z` → `true`',
        'drop condition `y != 3` → `true`',
        'negate condition `y != 3` → `not y != 3`',
        'swap comparison `!=` → `==`',
        'change constant `3` → `4`',
        'change constant `3` → `2`',
      ],
    ],
    [
      'a loop over all',
      'x if {\n\tevery y in input.z {\n\t\ty\n\t}\n}',
      ['drop condition `every y in input.z { y }` → `true`', 'drop condition `y` → `true`', 'negate condition `y` → `not y`'],
    ],
    [
      'what follows a declaration, but not the declaration',
      'x if {\n\tsome y\n\tz := input.z[y]\n\tz\n}',
      ['drop condition `z` → `true`', 'negate condition `z` → `not z`'],
    ],
  ])('change %s', async (_, text, expected) => {
    write('rules/club/age/rule.rego', `package rules.club.age\n\n${text}\n`);
    const [removal, ...mutants] = (await readMutants(opa, folder)).map(({ mutation }) => mutation);
    expect(removal).toMatch(/^x: remove rule /);
    expect(mutants).toEqual(expected.map((mutation) => `x: ${mutation}`));
  });

  it('that read the same are told apart by their rule, and then by number', async () => {
    write('rules/club/age/rule.rego', 'package rules.club.age\n\nx if {\n\tinput.a == 1\n\tinput.b == 2\n}\n\nx if input.c == 3\n');
    const named = (await readMutants(opa, folder)).map(({ mutation }) => mutation).filter((mutation) => mutation.includes('→ `!=`'));
    const first = 'x: swap comparison `==` → `!=` in `x if { input.a == 1 input.b == 2 }`';
    expect(named).toEqual([`${first} #1`, `${first} #2`, 'x: swap comparison `==` → `!=` in `x if input.c == 3`']);
  });

  it('are those of one rule when it is named', async () => {
    write('rules/club/hat/rule.rego', 'package rules.club.hat\n\nhat := 1\n');
    expect(new Set((await readMutants(opa, folder, 'club.age')).map(({ file }) => file))).toEqual(new Set(['rules/club/age/rule.rego']));
    await expect(readMutants(opa, folder, 'club.hat')).rejects.toMatchObject({
      code: 'policy.unknown_rule',
      message: 'no rule has the id `club.hat`',
    });
  });
});

describe('a run', () => {
  const mutate = () => mutatePolicies({ folder, opa });

  it('lists who survives, and leaves the policies and the temporary folder as they were', async () => {
    const report = await mutate();
    expect(report.survivors.map(({ mutation }) => mutation)).toEqual([equivalent, survivor]);
    expect({ ...report, survivors: 2 }).toEqual({ score: (100 * 15) / 17, killed: 15, invalid: 1, survivors: 2, equivalents: [] });
    expect(readFileSync(join(folder, 'rules/club/age/rule.rego'), 'utf8')).toBe(rule);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('does not count what is argued to be equivalent', async () => {
    argue(equivalent);
    const { score, survivors, equivalents } = await mutate();
    expect({ score, survivors: survivors.length, why: equivalents.map(({ why }) => why) }).toEqual({
      score: (100 * 15) / 16,
      survivors: 1,
      why: ['nobody can tell, honestly'],
    });
  });

  it.each<[string, () => void, object]>([
    [
      'an argument for what is no mutant',
      () => argue(equivalent, '_adult: no such'),
      { code: 'mutation.stale', message: /\n {2}rules\/club\/age\/rule\.rego: _adult: no such$/ },
    ],
    ['two arguments for one mutant', () => argue(equivalent, equivalent), { code: 'mutation.stale', message: /default _adult/ }],
    [
      'an argument for a file that is gone',
      () => write('mutation/equivalent.yaml', JSON.stringify([{ file: 'gone.rego', mutation: 'x', why: 'it was there last week' }])),
      { code: 'mutation.stale', message: /gone\.rego: x$/ },
    ],
    [
      'an argument for what a test kills',
      () => argue('_least: change constant `18` → `19`'),
      { code: 'mutation.not_equivalent', message: /rule\.rego:20: .*19` \(killed\)$/ },
    ],
    [
      'an argument without a reason',
      () => write('mutation/equivalent.yaml', '- {file: a, mutation: b, why: " "}'),
      { code: 'mutation.malformed', message: /why/ },
    ],
    [
      'tests that fail anyway',
      () => write('rules/club/age/rule.rego', rule.replace('18', '19')),
      { code: 'policy.tests_fail', message: /rule_test\.rego:7/ },
    ],
    [
      'policies that do not parse',
      () => write('rules/club/age/rule.rego', 'package'),
      { code: 'tool.failed', message: /rego_parse_error/ },
    ],
  ])('refuses %s', async (_, break_, { code, message }: { code?: string; message?: RegExp }) => {
    break_();
    await expect(mutate()).rejects.toMatchObject({ code, message: expect.stringMatching(message ?? '') });
  });

  it('counts what only a golden case notices as killed', async () => {
    const decision = (result: string) =>
      `decision := {"result": "${result}", "ruleId": "a", "explanation": "", "rules": [], "obligations": []}`;
    const id = '# METADATA\n# title: A\n# description: A.\n# custom: {id: club.risk}\n';
    write('main/main.rego', `package main\n\ndefault ${decision('DENY')}\n\n${id}${decision('ALLOW')} if input.context.sessionRisk < 50\n`);
    const survivors = async () => (await mutatePolicies({ folder, opa, rule: 'club.risk' })).survivors.map(({ mutation }) => mutation);
    const border = 'decision: swap comparison `<` → `<=`';
    expect(await survivors()).toContain(border);
    const [golden] = readGoldenCases(join(import.meta.dirname, '../../../policies'));
    const cases = [
      { name: 'below', set: { 'context.sessionRisk': 49 }, expect: { result: 'ALLOW', ruleId: 'a' } },
      { name: 'at', set: { 'context.sessionRisk': 50 }, expect: { result: 'DENY', ruleId: 'a' } },
    ];
    write('golden/a.yaml', JSON.stringify({ base: golden?.input, groups: [{ title: 'risk', given: {}, cases }] }));
    expect(await survivors()).not.toContain(border);
  });

  it('that is called off leaves nothing behind', async () => {
    const stop = new AbortController();
    const running = mutatePolicies({ folder, opa, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ code: 'tool.failed' });
    expect(readdirSync(scratch)).toEqual([]);
    expect(readFileSync(join(folder, 'rules/club/age/rule.rego'), 'utf8')).toBe(rule);
  });
});
