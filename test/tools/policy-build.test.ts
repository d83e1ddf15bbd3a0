import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { compilePolicies, resolveTool, run } from '../../src/workbench/index.ts';
import { reduceCapabilities } from '../../tools/capabilities.ts';
import { assertCurrent } from '../../tools/policy-build.ts';
import { coverageOf } from '../../tools/policy-test.ts';

const capabilities = join(import.meta.dirname, '../../policies/capabilities.json');

const main = `package main

import data.rules.change.freeze

actions := {"change.start", "change.approve"}

decision := {"unmet": freeze.unmet}
`;
const freeze = `package rules.change.freeze

# METADATA
# title: Change freeze
# description: Nothing is executed during a change freeze.
# custom:
#   id: change.freeze
#   remedy: wait for its end
#   precedence: 30
unmet contains {"id": rego.metadata.rule().custom.id, "why": $"frozen by {input.by}"} if input.freeze
`;

let root: string;
let opa: string;

beforeAll(async () => {
  opa = await resolveTool('opa');
}, 600_000);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'countersign-policy-test-'));
  cpSync(capabilities, join(root, 'capabilities.json'));
  write('main/main.rego', main);
  write('rules/change/freeze/rule.rego', freeze);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const manifestOf = (compiled: ReadonlyMap<string, Buffer>) => JSON.parse(String(compiled.get('manifest.json')));

describe('compiling', () => {
  it('carries rule ids and template strings into Wasm', async () => {
    const policy = await loadPolicy(Uint8Array.from((await compilePolicies(root, opa)).get('policy.wasm') ?? []).buffer);
    expect(policy.evaluate({ freeze: true, by: 'release 7' }, 'main/decision')).toEqual([
      { result: { unmet: [{ id: 'change.freeze', why: 'frozen by release 7' }] } },
    ]);
  });

  it('describes what was compiled', async () => {
    expect(manifestOf(await compilePolicies(root, opa))).toEqual({
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      serial: 1,
      selfTest: digestOf(Buffer.from('[\n]\n')),
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      entrypoint: 'main/decision',
      opa: '1.22.0',
      actions: ['change.approve', 'change.start'],
      gates: [],
      rules: [
        {
          id: 'change.freeze',
          title: 'Change freeze',
          description: 'Nothing is executed during a change freeze.',
          remedy: 'wait for its end',
          precedence: 30,
          reference: null,
          package: 'rules.change.freeze',
          file: 'rules/change/freeze/rule.rego',
          kind: 'requirement',
          reads: ['by', 'freeze'],
        },
      ],
    });
  });

  it('gives the same bytes again, wherever the folder is and whatever lies beside the sources', async () => {
    const first = await compilePolicies(root, opa);
    write('rules/change/freeze/rule_test.rego', 'package rules.change.freeze_test\n\ntest_it if true\n');
    write('analysis/data.yaml', 'attributes: {}\n');
    write('golden/README.md', 'no case\n');
    write('schema/input.json', '{}\n');
    const elsewhere = join(root, 'a', 'copy');
    cpSync(root, `${root}-copy`, { recursive: true });
    cpSync(`${root}-copy`, elsewhere, { recursive: true });
    rmSync(`${root}-copy`, { recursive: true });
    expect(await compilePolicies(elsewhere, opa)).toEqual(first);
  });

  it('names the golden file that is none', async () => {
    write('golden/a.yaml', 'cases: []\n');
    await expect(compilePolicies(root, opa)).rejects.toMatchObject({
      code: 'golden.malformed',
      message: expect.stringMatching(/^golden\/a\.yaml:1: [\s\S]*expected object/),
    });
  });

  it.each(['time.now_ns()', 'sprintf("%v", [input.by])', 'http.send({})', 'semver.is_valid(input.by)'])('refuses `%s`', async (call) => {
    write('lib/impure.rego', `package lib.impure\n\nvalue := ${call}\n`);
    await expect(compilePolicies(root, opa)).rejects.toMatchObject({
      code: 'tool.failed',
      message: expect.stringContaining('undefined function'),
    });
  });

  it('refuses one id for two rules', async () => {
    write('rules/change/other/rule.rego', freeze.replace('rules.change.freeze', 'rules.change.other'));
    await expect(compilePolicies(root, opa)).rejects.toMatchObject({
      code: 'policy.malformed',
      message: 'rule id `change.freeze` means two things, in `rules/change/freeze/rule.rego` and in `rules/change/other/rule.rego`',
    });
  });
});

describe('the capabilities', () => {
  it('are what this OPA gives when reduced to what the engine has', async () => {
    const { stdout } = await run(opa, ['capabilities', '--current']);
    expect(JSON.parse(readFileSync(capabilities, 'utf8'))).toEqual(reduceCapabilities(JSON.parse(stdout)));
  });

  it('refuse an OPA that lacks a builtin which policies rely on', () => {
    expect(() => reduceCapabilities({ builtins: [], features: [] })).toThrow(/this OPA has no builtin `assign`/);
  });
});

describe('the check', () => {
  it('passes what was just written and names the first file that differs', async () => {
    const compiled = await compilePolicies(root, opa);
    for (const [name, bytes] of compiled) write(`dist/${name}`, String(name === 'policy.wasm' ? '' : bytes));
    expect(() => assertCurrent(compiled, join(root, 'dist'))).toThrow(
      /dist\/policy\.wasm` is not what the sources compile to: 0 bytes instead of \d+/,
    );
    writeFileSync(join(root, 'dist/policy.wasm'), compiled.get('policy.wasm') ?? '');
    expect(() => assertCurrent(compiled, join(root, 'dist'))).not.toThrow();
    rmSync(join(root, 'dist/manifest.json'));
    expect(() => assertCurrent(compiled, join(root, 'dist'))).toThrow(/dist\/manifest\.json` .*: it does not exist/);
    expect(readFileSync(join(root, 'dist/data.json'), 'utf8')).toBe(String(compiled.get('data.json')));
  });
});

describe('coverage', () => {
  it('counts the policies and not their tests', () => {
    const at = (row: number) => ({ start: { row }, end: { row } });
    const files = {
      'a/rule.rego': { covered_lines: 3, not_covered_lines: 1, not_covered: [at(7), at(7)] },
      'a/rule_test.rego': { covered_lines: 96, not_covered_lines: 0, not_covered: [] },
    };
    expect(coverageOf({ files })).toEqual({ percent: 75, uncovered: ['a/rule.rego:7'] });
  });
});
