import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveTool, testPolicies, testsBeside } from '../../../src/workbench/index.ts';
import { makeFolder, removeFolders } from '../../support/folders.ts';

const policies = join(import.meta.dirname, '../../../policies');

const age = 'package rules.club.age\n\nimport data.lib.nothing\n\nadult if input.age >= nothing.much\n';
const nothing = 'package lib.nothing\n\nmuch := 18\n';
const ageTest = 'package rules.club.age_test\n\nimport data.rules.club.age\n\ntest_it if {\n\tage.adult with input.age as 18\n}\n';

let opa: string;
let folder: string;
beforeAll(async () => {
  opa = await resolveTool('opa');
}, 600_000);
beforeEach(() => {
  folder = makeFolder('suite');
  write('rules/club/age/rule.rego', age);
  write('rules/club/age/rule_test.rego', ageTest);
  write('lib/nothing/nothing.rego', nothing);
});
afterEach(() => removeFolders([folder]));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const suite = (first?: string) => testPolicies({ opa, folder, compiled: false, first });
const one = { line: 0, file: 'rules/club/age/rule.rego', detail: [] };

describe('what an author has to mend', () => {
  it.each<[string, string, object[]]>([
    [
      'a syntax error',
      age.replace('>=', '>>='),
      [{ ...one, line: 5, message: expect.stringMatching(/unexpected/), detail: ['adult if input.age >>= nothing.much'] }],
    ],
    ['an unknown variable', `${age}\nx := y\n`, [{ ...one, line: 7, message: 'var y is unsafe' }]],
    [
      'two of them',
      `${age}\nx := y\n\nz := w\n`,
      [
        { ...one, line: 7, message: 'var y is unsafe' },
        { ...one, line: 9, message: 'var w is unsafe' },
      ],
    ],
    [
      'what strict mode refuses',
      age.replace('\n\nadult', '\nimport data.lib.more\n\nadult'),
      [{ ...one, line: 4, message: 'import data.lib.more unused' }],
    ],
  ])('%s is told with its place, and nothing is tested', async (_, text, failures) => {
    write('rules/club/age/rule.rego', text);
    expect(await suite()).toEqual({ tests: 0, cases: 0, failures });
  });

  it('what the schema of the input does not know is told with what it knows', async () => {
    write('schema/input.json', '{"type": "object", "properties": {"age": {"type": "integer"}}, "additionalProperties": false}');
    write('rules/rules.rego', '# METADATA\n# scope: subpackages\n# schemas:\n#   - input: schema.input\npackage rules\n');
    write('rules/club/age/rule.rego', age.replace('input.age', 'input.years'));
    expect((await suite()).failures).toEqual([{ ...one, line: 5, message: 'undefined ref: input.years, which has age' }]);
  });

  it('a test that fails is told by the line that fails, with the values in it', async () => {
    write('lib/nothing/nothing.rego', nothing.replace('18', '19'));
    const { tests, failures } = await suite();
    expect(tests).toBe(1);
    expect(failures).toEqual([
      {
        file: 'rules/club/age/rule_test.rego',
        line: 6,
        message: '`test_it` fails',
        detail: expect.arrayContaining(['  age.adult with input.age as 18']),
      },
    ]);
  });

  it('a test that cannot be evaluated is told with why', async () => {
    write('lib/nothing/nothing.rego', `${nothing}\nmuch := 19\n`);
    const { failures } = await suite();
    expect(failures).toMatchObject([
      { file: 'rules/club/age/rule_test.rego', message: 'rule data.lib.nothing.much produced conflicting values:' },
    ]);
  });

  it('tests that are run first end the run when they fail', async () => {
    write('rules/club/hat/hat_test.rego', 'package rules.club.hat_test\n\ntest_hat if false\n');
    write('lib/nothing/nothing.rego', nothing.replace('18', '19'));
    const beside = testsBeside(folder, ['rules/club/age/rule.rego']);
    expect(beside).toBe('^data\\.(rules\\.club\\.age_test)\\.');
    expect(await suite(beside)).toMatchObject({ tests: 1, failures: [{ message: '`test_it` fails' }] });
    expect(testsBeside(folder, ['golden/a.yaml', 'lib/nothing/nothing.rego'])).toBeUndefined();
  });

  it('there is nothing when all is well', async () => {
    expect(await suite()).toEqual({ tests: 1, cases: 0, failures: [] });
  });
});

describe('golden cases', () => {
  beforeEach(() => {
    removeFolders([join(folder, 'rules'), join(folder, 'lib')]);
    for (const name of ['main', 'lib', 'rules', 'golden', 'schema', 'capabilities.json'])
      cpSync(join(policies, name), join(folder, name), { recursive: true });
  });

  const golden = 'golden/flag.yaml';
  const change = (from: string, to: string) => write(golden, readFileSync(join(folder, golden), 'utf8').replace(from, to));
  const lineOf = (text: string) =>
    readFileSync(join(folder, golden), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  it('that are answered otherwise are told with the place of the case', async () => {
    change('{ result: ALLOW, ruleId: flag.role_grant }', '{ result: DENY, ruleId: flag.role_grant, unmet: [flag.x] }');
    expect((await testPolicies({ opa, folder, compiled: true })).failures).toEqual([
      {
        file: golden,
        line: lineOf('an SRE'),
        message: 'flag.yaml: who sets a flag: an SRE: result is "ALLOW", expected "DENY"; unmet is [], expected ["flag.x"]',
        detail: [],
      },
    ]);
  });

  it.each([
    ['name: an SRE\n', 'name: an SRE\n        set: { actor.kind: cat }\n', /who sets a flag: an SRE: .*Invalid option/],
    ['name: an SRE\n', 'name: an SRE\n        unset: [actor.age]\n', /an SRE: there is no `age` to unset$/],
    ['name: an SRE\n', 'name: an SRE\n        : {\n', /./],
  ])('that cannot be read are told with their place (%#)', async (from, to, message) => {
    change(from, to);
    const { failures } = await suite();
    expect(failures).toMatchObject([{ file: golden, message: expect.stringMatching(message) }]);
    expect(failures[0]?.line).toBeGreaterThan(1);
  });
});
