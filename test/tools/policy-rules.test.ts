import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesPage, writeOrCheck } from '../../tools/policy-rules.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';

const rule = (id: string, precedence: number | null, other: object = {}) => ({
  id,
  precedence,
  title: 'A title',
  description: 'What it asks.',
  remedy: 'mend it',
  kind: 'requirement' as const,
  reads: [],
  reference: 'SOC 2',
  package: '',
  file: `rules/${id.replace('.', '/')}/rule.rego`,
  ...other,
});

it('has a table a domain, the core first, in the order of precedence', () => {
  const rules = [
    rule('zoo.b', 20),
    rule('ark.c', 10),
    rule('core.z', 900),
    rule('zoo.a', 20),
    rule('zoo.c', 10, { remedy: null, reference: null, description: 'One | two\n  three.' }),
    rule('default.x', 30, { file: 'main/main.rego' }),
  ];
  const lines = rulesPage(rules).split('\n');
  expect(lines.filter((line) => /^(## |\| \d)/.test(line))).toEqual([
    '## core',
    '| 900 | [`core.z`](../policies/rules/core/z/rule.rego) | **A title.** What it asks. | mend it | SOC 2 |',
    '## default',
    '| 30 | [`default.x`](../policies/main/main.rego) | **A title.** What it asks. | mend it | SOC 2 |',
    '## ark',
    '| 10 | [`ark.c`](../policies/rules/ark/c/rule.rego) | **A title.** What it asks. | mend it | SOC 2 |',
    '## zoo',
    '| 10 | [`zoo.c`](../policies/rules/zoo/c/rule.rego) | **A title.** One \\| two three. |  |  |',
    '| 20 | [`zoo.a`](../policies/rules/zoo/a/rule.rego) | **A title.** What it asks. | mend it | SOC 2 |',
    '| 20 | [`zoo.b`](../policies/rules/zoo/b/rule.rego) | **A title.** What it asks. | mend it | SOC 2 |',
  ]);
});

describe('the check', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder('policy-rules');
  });
  afterEach(() => removeFolders([folder]));

  it('refuses a page that is missing or lists other rules, and passes the one that was written', () => {
    const file = join(folder, 'rules.md');
    const page = rulesPage([rule('zoo.a', 1)]);
    const stale = expect.objectContaining({ code: 'policy.stale', remedy: 'run `npm run generate` and commit the result' });
    expect(() => writeOrCheck(file, page, true)).toThrow(stale);
    writeFileSync(file, rulesPage([rule('zoo.a', 2)]));
    expect(() => writeOrCheck(file, page, true)).toThrow(stale);
    writeOrCheck(file, page, false);
    expect(() => writeOrCheck(file, page, true)).not.toThrow();
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});
