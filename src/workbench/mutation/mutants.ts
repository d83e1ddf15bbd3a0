import { join } from 'node:path';
import { z } from 'zod';
import type { JsonObject } from '../../core/index.ts';
import { type PolicySource, readSources } from '../compile/sources.ts';
import { ToolError } from '../errors.ts';
import { run } from '../toolchain/run.ts';
import { applied, type Change, type Operator } from './changes.ts';
import { lineAt, type Source, sourceOf } from './positions.ts';
import { ruleChanges } from './rules.ts';
import { nameOf } from './tree.ts';

/**
 * A policy that differs from ours in one place. `mutation` names it within its file without a line number, so that the name
 * outlives changes elsewhere: the rule, the operator, the old text and the new one; where several read the same, the text of the rule, and then a number.
 */
export type Mutant = {
  readonly file: string;
  readonly line: number;
  readonly operator: Operator;
  readonly mutation: string;
  readonly before: string;
  readonly after: string;
  /** The whole file, changed. */
  readonly text: string;
};

const parsedModule = z.looseObject({
  rules: z.array(z.record(z.string(), z.json())).default([]),
  annotations: z.array(z.looseObject({ custom: z.looseObject({ id: z.string().optional() }).optional() })).default([]),
});

/**
 * Every mutant of the policies in `folder`, or of the files that hold the rule with id `rule`; file by file, in the order of the text.
 *
 * @throws ToolError `policy.unknown_rule`, and `tool.failed` when a file cannot be parsed
 */
export async function readMutants(opa: string, folder: string, rule?: string): Promise<Mutant[]> {
  const modules: { source: PolicySource; module: z.infer<typeof parsedModule> }[] = [];
  for (const source of readSources(folder).filter(({ path }) => path.endsWith('.rego'))) {
    const { stdout } = await run(opa, ['parse', '--format', 'json', '--json-include', 'locations', join(folder, source.path)]);
    modules.push({ source, module: parsedModule.parse(JSON.parse(stdout)) });
  }
  const chosen = modules.filter(({ module }) => rule === undefined || module.annotations.some(({ custom }) => custom?.id === rule));
  if (chosen.length === 0) {
    throw new ToolError('policy.unknown_rule', rule === undefined ? `\`${folder}\` holds no policy` : `no rule has the id \`${rule}\``, {
      remedy: 'see `countersign policy rules` for the ids, or name another folder with --source',
    });
  }
  return chosen.flatMap(({ source, module }) => mutantsOf(source, module.rules));
}

/** A mutant that does not have its final name yet: `rule` is the text of the rule it is in. */
type Draft = Mutant & { readonly rule: string };

function mutantsOf({ path, bytes }: PolicySource, rules: readonly JsonObject[]): Mutant[] {
  const source = sourceOf(bytes.toString('utf8'));
  const seen = new Set([source.text]);
  const drafts = rules.flatMap((rule) => {
    const drafted = ruleChanges(rule, source).map((change) => draftOf(path, source, rule, change));
    return drafted.filter(({ text }) => !seen.has(text) && seen.add(text));
  });
  return distinct(
    distinct(drafts, ({ rule }) => ` in \`${rule}\``),
    (_, index) => ` #${index + 1}`,
  ).map(({ rule: _, ...mutant }) => mutant);
}

function draftOf(file: string, source: Source, rule: JsonObject, change: Change): Draft {
  const { start, end } = change.span;
  const raw = source.text.slice(start, end);
  const before = oneLine(change.operator === 'drop member' ? raw.replace(/^\s*,|,\s*$/g, '') : raw);
  const after = oneLine(change.text);
  const own = source.spanOf(rule);
  return {
    file,
    line: lineAt(source.text, start + (/^[\s,]*/.exec(raw)?.[0].length ?? 0)),
    operator: change.operator,
    mutation: `${nameOf(rule)}: ${change.operator} \`${shortened(before)}\`${after === '' ? '' : ` → \`${shortened(after)}\``}`,
    before,
    after,
    text: applied(source.text, change),
    rule: shortened(oneLine(source.text.slice(own?.start ?? start, own?.end ?? end))),
  };
}

/** Tells those that have one name apart. */
function distinct(drafts: readonly Draft[], suffix: (draft: Draft, index: number) => string): Draft[] {
  const groups = Map.groupBy(drafts, ({ mutation }) => mutation);
  return drafts.map((draft) => {
    const group = groups.get(draft.mutation) ?? [];
    return group.length === 1 ? draft : { ...draft, mutation: `${draft.mutation}${suffix(draft, group.indexOf(draft))}` };
  });
}

/** Without comments that stand on lines of their own, which is where annotations are. */
function oneLine(text: string): string {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function shortened(text: string): string {
  return text.length <= 90 ? text : `${text.slice(0, 89)}…`;
}
