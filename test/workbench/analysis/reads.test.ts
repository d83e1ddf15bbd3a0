import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readBundle } from '../../../src/policy/index.ts';
import { parseModules } from '../../../src/workbench/compile/modules.ts';
import { readsOf } from '../../../src/workbench/compile/reads.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import { makeFolder } from '../../support/folders.ts';
import { policies } from './planted.ts';

async function reads(modules: Record<string, string>): Promise<{ [name: string]: readonly string[] }> {
  const sources = Object.entries(modules).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const found = readsOf((await parseModules(await resolveTool('opa'), sources, makeFolder('reads'))).values());
  return { ...Object.fromEntries(found.byPackage), gates: found.gates };
}

const ruleReads = async (body: string, head = '') =>
  (await reads({ 'a.rego': `package rules.a\n\n${head}\n\nunmet contains 1 if {\n${body}\n}\n` }))['rules.a'];

describe('what a rule reads', () => {
  it.each<[string, string, string[]]>([
    ['a path', 'input.facts.killSwitch', ['facts.killSwitch']],
    ['a path that ends in a variable', 'some i; input.facts.approvals[i].actor == 1', ['facts.approvals']],
    ['a path with a key in brackets', 'input["facts"]["kill-switch"]', ['facts.kill-switch']],
    ['a key that is computed', 'input.facts[concat("", ["a", input.actor.id])] == 1', ['actor.id', 'facts']],
    ['the whole input', 'count(input) > 1; input.actor.id', ['']],
    ['the whole input under another name', 'x := input; x.actor.id', ['']],
    ['a negation', 'not input.actor.id', ['actor.id']],
    ['a comprehension', 'count({x | some x in input.actor.roles; x != input.actor.id}) > 1', ['actor.id', 'actor.roles']],
    ['every', 'every x in input.actor.roles { x != input.resource.id }', ['actor.roles', 'resource.id']],
    ['a template', 'x := $"{input.actor.id}"; x != ""', ['actor.id']],
    ['an argument', 'startswith(input.actor.id, "a")', ['actor.id']],
    ['with', 'x := input.actor.id with input.resource as 1; x', ['actor.id', 'resource']],
    ['what a longer path and a shorter one say', 'input.facts.freeze.until; input.facts.freeze', ['facts.freeze']],
    ['nothing', 'data.x.input.y', []],
  ])('%s', async (_, body, expected) => {
    expect(await ruleReads(body)).toEqual(expected);
  });

  it('counts what its helpers read, also where they are imported under another name or only named', async () => {
    const helper = 'package lib.helper\n\nimport data.lib.deeper\n\nf(x) if {\n\tdeeper.y == x\n\tinput.actor.id\n}\n';
    const deeper = 'package lib.deeper\n\ny := input.resource.id\n';
    const rule = (text: string) => ({ 'a.rego': `package rules.a\n\n${text}\n`, 'b.rego': helper, 'c.rego': deeper });
    const both = ['actor.id', 'resource.id'];
    expect((await reads(rule('import data.lib.helper as h\n\nunmet contains 1 if h.f(1)')))['rules.a']).toEqual(both);
    expect((await reads(rule('unmet contains 1 if data.lib.helper.f(1)')))['rules.a']).toEqual(both);
    expect((await reads(rule('unmet contains 1 if data.lib[_].f(1)')))['rules.a']).toEqual(both);
    expect((await reads(rule('import input.facts as f\n\nunmet contains 1 if f.killSwitch')))['rules.a']).toEqual(['facts']);
    expect((await reads(rule('unmet contains 1')))['rules.a']).toEqual([]);
  });

  it('`main` reads what it says itself, and its gates are what it asks before it asks a rule', async () => {
    const rule = 'package rules.a\n\nunmet contains 1 if input.facts.killSwitch\n';
    const main = (text: string) => ({ 'a.rego': rule, 'm.rego': `package main\n\nimport data.rules\n\n${text}\n` });
    const gated = '_unmet contains x if {\n\t_open\n\tsome x\n\trules.a.unmet[x]\n}\n\n_open if _known\n\n_known if input.resource.known';
    const found = await reads(main(`${gated}\n\nexplanation := input.actor.id`));
    expect({ main: found['main'], gates: found['gates'] }).toEqual({ main: ['actor.id', 'resource.known'], gates: ['resource.known'] });
    expect((await reads(main('_unmet contains x if some x, _ in data.rules.a.unmet')))['gates']).toEqual([]);
  });

  it('on which actions: those that every body of `unmet` asks for by name', async () => {
    const actions = async (...bodies: readonly string[]) => {
      const text = bodies.map((body) => `unmet contains 1 if {\n${body}\n}`).join('\n\n');
      const sources = [{ path: 'a.rego', bytes: Buffer.from(`package rules.a\n\n${text}\n\n_x := 1\n`) }];
      const modules = await parseModules(await resolveTool('opa'), sources, makeFolder('reads'));
      return readsOf(modules.values()).actions.get('rules.a');
    };
    const only = 'input.action == "a.b"';
    expect(await actions(`not input.actor.id\n${only}`, 'input.action == "a.c"', only)).toEqual(['a.b', 'a.c']);
    for (const other of ['not input.action == "a.b"', `${only} with input as {}`, 'input.action != "a.b"', 'input.actor.id == "a.b"']) {
      expect(await actions(only, other)).toBeUndefined();
    }
    const { rules } = readBundle(join(policies, 'dist')).manifest;
    expect(rules.find(({ id }) => id === 'orchestration.change_window')?.actions).toEqual(['orchestration.execute']);
    expect(rules.find(({ id }) => id === 'default.no_grant')?.actions).toBeUndefined();
  });

  it('agrees with OPA, which knows what each of our rules depends on', async () => {
    const opa = await resolveTool('opa');
    const { rules } = readBundle(join(policies, 'dist')).manifest;
    const dependencies = z.object({ base: z.array(z.array(z.object({ value: z.string() }))).default([]) });
    const own = rules.filter(({ package: name }) => name.startsWith('rules.'));
    const stated: Record<string, readonly string[]> = {};
    for (const { id, package: name } of own) {
      const sources = ['--data', 'lib', '--data', name.replaceAll('.', '/')];
      const { stdout } = await run(opa, ['deps', '--format', 'json', ...sources, `data.${name}`], { cwd: policies });
      const { base } = dependencies.parse(JSON.parse(stdout));
      const paths = base
        .filter(([head]) => head?.value === 'input')
        .map((terms) =>
          terms
            .slice(1)
            .map(({ value }) => value)
            .join('.'),
        );
      // OPA names what is under a path that it names as well.
      stated[id] = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`))).sort();
    }
    expect(Object.fromEntries(own.map(({ id, reads: found }) => [id, found]))).toEqual(stated);
  });
});
