import { actionsOf } from './guards.ts';
import { type Module, references, type Term } from './modules.ts';

/** What the policies read of the input, found in their syntax trees; every path is dotted and without `input.`, sorted. */
export type Reads = {
  /** By package, as `rules.core.purpose`: what it reads, with what it reads through other packages. */
  readonly byPackage: ReadonlyMap<string, readonly string[]>;
  /** By package: the actions on which it can find something unmet. A package that is not in it may on any. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** What `main` looks at before it asks a rule, the action aside. */
  readonly gates: readonly string[];
};

/** The package that asks the rules and makes one answer of theirs; it reads nothing by asking. */
const composer = 'main';
const asked = 'rules';

type Package = { readonly name: string; readonly modules: readonly Module[] };

/**
 * A superset of what each rule can depend on. A path ends where a variable begins (`input.facts[k]` reads `facts`), a helper
 * counts for its whole package, and so does a package that is only named.
 */
export function readsOf(modules: Iterable<Module>): Reads {
  const packages = Map.groupBy(modules, (module) => dotted(module.package.path.slice(1)));
  const all = [...packages].map(([name, parts]): Package => ({ name, modules: parts }));
  const main = all.find(({ name }) => name === composer);
  return {
    byPackage: new Map(all.map((each) => [each.name, paths(reached(each, all).flatMap(inputsOf))])),
    actions: new Map(
      all.flatMap(({ name, modules: parts }) => {
        const actions = actionsOf(parts);
        return actions === undefined ? [] : [[name, actions] as const];
      }),
    ),
    gates: main === undefined ? [] : paths(gateParts(main).flatMap(inputPaths)).filter((path) => path !== 'action'),
  };
}

/** The package and all that it names, and that they name. */
function reached(start: Package, all: readonly Package[]): Package[] {
  const seen = new Set<Package>([start]);
  for (const each of seen) {
    for (const named of all.filter(({ name }) => names(each, name))) {
      if (start.name !== composer || !named.name.startsWith(`${asked}.`)) seen.add(named);
    }
  }
  return [...seen];
}

function names({ modules }: Package, other: string): boolean {
  return modules.some((module) =>
    dataPaths(module).some((path) => `${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`)),
  );
}

/** Where a module points to under `data`, through its imports as well. */
function dataPaths(module: Module): string[] {
  const imports = module.imports.map(({ path }) => path.value);
  return [...imports, ...references(module.rules)].filter(([head]) => head?.value === 'data').map((terms) => dotted(terms.slice(1)));
}

function inputsOf({ modules }: Package): string[] {
  return modules.flatMap(({ rules, imports }) => [
    ...inputPaths(rules),
    ...imports.filter(({ path }) => path.value[0]?.value === 'input').map(({ path }) => dotted(path.value.slice(1))),
  ]);
}

function inputPaths(part: unknown): string[] {
  return references(part)
    .filter(([head]) => head?.type === 'var' && head.value === 'input')
    .map((terms) => dotted(terms.slice(1)));
}

type Rule = Module['rules'][number];

/**
 * The conditions under which `main` asks rules: the bodies (and comprehensions) of what asks one, or takes what another part of `main`
 * has asked, and the helpers that these use. What is made of answers, once they are there, is no condition for asking.
 */
function gateParts({ modules }: Package): unknown[] {
  const rules = modules.flatMap((module) => module.rules);
  const asking = askingRules(modules, rules);
  const names = new Set([...asking].map(nameOf));
  const direct = new Set(modules.flatMap((module) => module.rules.filter(({ body }) => asks(body, aliasesOf(module)))));
  const gated = rules.filter((rule) => direct.has(rule) || answerAsks(rule, names, modules));
  const comprehensions = gated.map(answerOf).filter((answer) => modules.some((module) => asks(answer, aliasesOf(module))));
  const parts = new Set<unknown>([...gated.map(({ body }) => body), ...comprehensions]);
  for (const part of parts) {
    const used = headsOf(part);
    for (const rule of rules.filter((each) => used.has(nameOf(each)) && !asking.has(each))) parts.add(rule);
  }
  return [...parts];
}

/** What asks a rule, and what uses something that does. */
function askingRules(modules: readonly Module[], rules: readonly Rule[]): ReadonlySet<Rule> {
  const asking = new Set(modules.flatMap((module) => module.rules.filter((rule) => asks(rule, aliasesOf(module)))));
  for (const found of asking) {
    for (const rule of rules.filter((each) => headsOf([each.body, answerOf(each)]).has(nameOf(found)))) asking.add(rule);
  }
  return asking;
}

function answerAsks(rule: Rule, asking: ReadonlySet<unknown>, modules: readonly Module[]): boolean {
  const answer = answerOf(rule);
  return [...headsOf(answer)].some((head) => asking.has(head)) || modules.some((module) => asks(answer, aliasesOf(module)));
}

/** What a rule is when its body holds: its value, or its key when it is one of a set. */
function answerOf({ head }: Rule): unknown {
  return [head['value'], head['key']];
}

function nameOf({ head }: Rule): unknown {
  return head.name ?? head.ref?.[0]?.value;
}

function headsOf(part: unknown): Set<unknown> {
  return new Set(references(part).map(([head]) => head?.value));
}

function asks(part: unknown, aliases: ReadonlySet<unknown>): boolean {
  return references(part).some((terms) => asksRules(terms, aliases));
}

function asksRules([head, next]: readonly Term[], aliases: ReadonlySet<unknown>): boolean {
  return aliases.has(head?.value) || (head?.value === 'data' && next?.value === asked);
}

/** The names under which a module has imported `data.rules` or something in it. */
function aliasesOf({ imports }: Module): ReadonlySet<unknown> {
  const ofRules = imports.filter(({ path }) => path.value[0]?.value === 'data' && path.value[1]?.value === asked);
  return new Set(ofRules.map(({ path, alias }) => alias ?? path.value.at(-1)?.value));
}

/** The constant beginning of a reference. */
function dotted(terms: readonly Term[]): string {
  const end = terms.findIndex(({ type }) => type !== 'string');
  return terms
    .slice(0, end === -1 ? terms.length : end)
    .map(({ value }) => String(value))
    .join('.');
}

/** Without doubles and without what a shorter path already says. */
function paths(found: readonly string[]): string[] {
  const distinct = [...new Set(found)];
  return distinct.filter((path) => !distinct.some((other) => other !== path && (other === '' || path.startsWith(`${other}.`)))).sort();
}
