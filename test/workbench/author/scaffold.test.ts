import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bodiesOf, withAction, withDomain } from '../../../src/workbench/author/dispatch.ts';
import { nextPrecedence, type RuleKind } from '../../../src/workbench/author/precedence.ts';
import {
  assertReferenced,
  readCatalogue,
  readGoldenCases,
  resolveTool,
  run,
  scaffoldRule,
  testPolicies,
} from '../../../src/workbench/index.ts';
import { makeFolder, removeFolders } from '../../support/folders.ts';

const policies = join(import.meta.dirname, '../../../policies');

let opa: string;
let regal: string;
let folder: string;
beforeAll(async () => {
  opa = await resolveTool('opa');
  regal = await resolveTool('regal');
}, 1_200_000);
beforeEach(() => {
  folder = makeFolder('scaffold');
  cpSync(policies, folder, { recursive: true });
});
afterEach(() => removeFolders([folder]));

const scaffold = (name: string, kind: RuleKind = 'requirement') => scaffoldRule({ folder, opa, name, kind });
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('a new rule', () => {
  it.each([
    ['flag', 'is not of the form `<domain>/<rule>`'],
    ['flag/', 'is not of the form `<domain>/<rule>`'],
    ['flag/a/b', 'is not of the form `<domain>/<rule>`'],
    ['', 'is not of the form `<domain>/<rule>`'],
    ['/rule', 'holds ``, which is not lower case letters, digits and single `_`'],
    ['flag/Night', 'holds `Night`, which is not lower case letters, digits and single `_`'],
    ['flag/night-watch', 'holds `night-watch`, which is not lower case letters, digits and single `_`'],
    ['../x', 'holds `..`, which is not lower case letters, digits and single `_`'],
    ['flag/1st', 'holds `1st`, which is not lower case letters, digits and single `_`'],
    ['flag/import', 'holds `import`, which is a word of Rego or of every rule file'],
    ['default/x', 'holds `default`, which is a word of Rego or of every rule file'],
    ['flag/result', 'holds `result`, which is a word of Rego or of every rule file'],
    ['flag/watch_test', 'holds `watch_test`, which would be taken for a test'],
  ])('is not named `%s`', async (name, why) => {
    await expect(scaffold(name)).rejects.toMatchObject({ code: 'policy.bad_name', message: `\`${name}\` ${why}` });
  });

  it('does not take the place of another', async () => {
    await expect(scaffold('flag/justification')).rejects.toMatchObject({
      code: 'policy.exists',
      message: `\`${join(folder, 'rules/flag/justification')}\` is already there`,
    });
  });

  it('needs policies to be among, and unharmed golden cases', async () => {
    await expect(scaffoldRule({ folder: join(folder, 'golden'), opa, name: 'a/b', kind: 'grant' })).rejects.toMatchObject({
      code: 'policy.malformed',
    });
    writeFileSync(join(folder, 'golden/flag.yaml'), 'base: [');
    await expect(scaffold('flag/night_watch')).rejects.toMatchObject({ code: 'golden.malformed' });
    expect(existsSync(join(folder, 'rules/flag/night_watch'))).toBe(false);
  });

  it('of each kind, in an old domain and in a new one, passes everything at once and decides nothing that was decided before', async () => {
    const before = readGoldenCases(folder).length;
    const made = [
      await scaffold('flag/night_watch'),
      await scaffold('flag/deputies', 'grant'),
      await scaffold('archive/kept_long'),
      await scaffold('parcel/carriers', 'grant'),
    ];
    expect(made.map(({ written, changed, toDo }) => ({ written, changed, toDo }))).toEqual([
      { written: files('flag/night_watch'), changed: ['golden/flag.yaml'], toDo: [] },
      { written: files('flag/deputies'), changed: ['golden/flag.yaml'], toDo: [] },
      { written: [...files('archive/kept_long'), 'golden/archive.yaml'], changed: ['main/main.rego'], toDo: [] },
      { written: [...files('parcel/carriers'), 'golden/parcel.yaml'], changed: ['main/main.rego', 'main/main_test.rego'], toDo: [] },
    ]);
    await run(opa, ['fmt', '--fail', '--list', 'main', 'rules'], { cwd: folder });
    await run(regal, ['lint', '.'], { cwd: folder });
    const { cases, failures } = await testPolicies({ opa, folder, compiled: true });
    expect({ cases, failures }).toEqual({ cases: before + 4, failures: [] });
  });

  it('says what it is, behind the rules of its domain, and that its reference is missing', async () => {
    await scaffold('flag/night_watch');
    const { rules } = await readCatalogue(opa, folder);
    expect(rules.find(({ id }) => id === 'flag.night_watch')).toMatchObject({ title: 'Night watch', reference: 'to be named' });
    expect(() => assertReferenced(rules)).toThrow(
      'these rules do not say what asks for them:\n  rules/flag/night_watch/rule.rego: `flag.night_watch`',
    );
    expect(() => assertReferenced(rules.filter(({ id }) => id !== 'flag.night_watch'))).not.toThrow();
  });

  it('gets a golden case that fires it', async () => {
    await scaffold('archive/kept_long');
    expect(readGoldenCases(folder).find(({ file }) => file === 'golden/archive.yaml')?.expect).toMatchObject({
      result: 'DENY',
      unmet: expect.arrayContaining(['archive.kept_long']),
    });
  });

  it('of a new domain says what to add where main is not written as usual', async () => {
    writeFileSync(join(folder, 'main/main.rego'), read('main/main.rego').replaceAll('_of("', '_of( "'));
    writeFileSync(join(folder, 'main/main_test.rego'), 'package main_test\n');
    const { grants, unmet } = bodiesOf('parcel');
    expect((await scaffold('parcel/carriers', 'grant')).toDo).toEqual([
      `add to main/main.rego:\n\n${grants}\n${unmet}`,
      'add "parcel.carriers" to the actions that main/main_test.rego lists',
    ]);
  });
});

function files(rule: string): string[] {
  return [`rules/${rule}/rule.rego`, `rules/${rule}/rule_test.rego`];
}

describe('main', () => {
  it('hears a new domain behind the others', () => {
    const { grants, unmet } = bodiesOf('old');
    const added = bodiesOf('young');
    expect(withDomain(`a\n\n${grants}\n${unmet}\nb\n`, 'young')).toBe(`a\n\n${grants}\n${added.grants}\n${unmet}\n${added.unmet}\nb\n`);
    expect(withDomain(grants, 'young')).toBeUndefined();
  });

  it('lists a new action in its place, once', () => {
    const list = (...actions: string[]) => `x if {\n\tmain.actions == {\n${actions.map((action) => `\t\t"${action}",\n`).join('')}\t}\n}\n`;
    expect(withAction(list('a.b', 'c.d'), 'b.c')).toBe(list('a.b', 'b.c', 'c.d'));
    expect(withAction(list('a.b', 'c.d'), 'c.d')).toBe(list('a.b', 'c.d'));
    expect(withAction('x := 1\n', 'c.d')).toBeUndefined();
  });
});

it.each<[string, RuleKind, number]>([
  ['flag', 'requirement', 430],
  ['flag', 'grant', 920],
  ['core', 'requirement', 30],
  ['young', 'requirement', 100],
  ['young', 'grant', 920],
  ['last', 'requirement', 110],
])('the next precedence in %s for a %s is %i', (domain, kind, expected) => {
  const taken: [string, number][] = [
    ['core.a', 20],
    ['flag.a', 405],
    ['other.a', 410],
    ['other.b', 420],
    ['flag.g', 900],
    ['young.g', 910],
    ['last.a', 890],
    ['other.c', 100],
  ];
  const rules = taken
    .filter(([id]) => !(domain === 'young' && kind === 'requirement' && id === 'other.c'))
    .map(([id, precedence]) => ({
      id,
      precedence,
      title: '',
      description: '',
      remedy: null,
      reference: null,
      package: '',
      file: '',
      kind: 'requirement' as const,
      reads: [],
    }));
  expect(nextPrecedence(rules, domain, kind)).toBe(expected);
});
