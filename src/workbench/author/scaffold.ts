import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../core/index.ts';
import { ToolError } from '../errors.ts';
import { readGoldenCases } from '../golden/cases.ts';
import { readCatalogue } from './catalogue.ts';
import { bodiesOf, hears, withAction, withDomain } from './dispatch.ts';
import { appendGoldenRow, baseOf } from './golden-row.ts';
import { parseRuleName, type RuleName } from './names.ts';
import { nextPrecedence, type RuleKind } from './precedence.ts';
import { type Draft, grantRule, grantTest, nobodyYet, requirementRule, requirementTest } from './templates.ts';

export type ScaffoldRequest = { readonly folder: string; readonly opa: string; readonly name: string; readonly kind: RuleKind };

/** What a new rule brought: files relative to the policies' folder, and what could not be done for its author. */
export type Scaffold = {
  readonly id: string;
  readonly written: readonly string[];
  readonly changed: readonly string[];
  readonly toDo: readonly string[];
};

/**
 * Writes a new rule, its test and a golden case, all of which pass and decide nothing that is decided today; a new domain is added to main.
 *
 * @throws ToolError `policy.bad_name`, `policy.exists`, `policy.malformed` when the folder holds no policies; then nothing is written
 */
export async function scaffoldRule({ folder, opa, name, kind }: ScaffoldRequest): Promise<Scaffold> {
  const ruleName = parseRuleName(name);
  const beside = `rules/${ruleName.domain}/${ruleName.rule}`;
  assertNew(folder, beside);
  readGoldenCases(folder);
  const { rules, actions } = await readCatalogue(opa, folder);
  const draft: Draft = {
    ...ruleName,
    precedence: nextPrecedence(rules, ruleName.domain, kind),
    action: actionOf(folder, ruleName, kind, actions),
  };
  const written = [`${beside}/rule.rego`, `${beside}/rule_test.rego`];
  mkdirSync(join(folder, beside), { recursive: true });
  writeFileSync(join(folder, beside, 'rule.rego'), kind === 'grant' ? grantRule(draft) : requirementRule(draft));
  writeFileSync(join(folder, beside, 'rule_test.rego'), kind === 'grant' ? grantTest(draft) : requirementTest(draft));
  const { changed, toDo } = joinMain(folder, draft, kind === 'grant' && !actions.includes(draft.action));
  const set: Record<string, Json> = kind === 'grant' ? { 'actor.roles': [nobodyYet] } : { 'context.deviceTrust': 'low' };
  const row = await appendGoldenRow({ folder, opa, ...ruleName, set: { action: draft.action, ...set } });
  return {
    id: `${draft.domain}.${draft.rule}`,
    written: [...written, ...(row?.isNew === true ? [row.file] : [])],
    changed: [...changed, ...(row?.isNew === false ? [row.file] : [])],
    toDo: row === undefined ? [...toDo, `write golden/${draft.domain}.yaml: there is no golden case yet to take its base from`] : toDo,
  };
}

function assertNew(folder: string, beside: string): void {
  if (!existsSync(join(folder, 'main', 'main.rego'))) {
    throw new ToolError('policy.malformed', `\`${folder}\` holds no main/main.rego`, {
      remedy: 'name the folder of the policies with --source',
    });
  }
  if (!existsSync(join(folder, beside))) return;
  throw new ToolError('policy.exists', `\`${join(folder, beside)}\` is already there`, {
    remedy: 'choose another name, or edit the rule that is there',
  });
}

/** A requirement starts with an action that does not exist, so that it stops nothing; a grant with one of its domain, when it has any. */
function actionOf(folder: string, { domain, rule }: RuleName, kind: RuleKind, actions: readonly string[]): string {
  const own = actions.filter((action) => action.startsWith(`${domain}.`));
  const first = own.find((action) => action === baseOf(folder, domain)?.action) ?? own[0];
  return kind === 'grant' && first !== undefined ? first : `${domain}.${rule}`;
}

/** Makes main hear a new domain and know a new action, or says how where its text is not as expected. */
function joinMain(folder: string, { domain, action }: Draft, isNewAction: boolean): { changed: string[]; toDo: string[] } {
  const edits: [file: string, edit: (text: string) => string | undefined, otherwise: string][] = [
    [
      'main/main.rego',
      (text) => (hears(text, domain) ? text : withDomain(text, domain)),
      `add to main/main.rego:\n\n${bodiesOf(domain).grants}\n${bodiesOf(domain).unmet}`,
    ],
    [
      'main/main_test.rego',
      (text) => (isNewAction ? withAction(text, action) : text),
      `add "${action}" to the actions that main/main_test.rego lists`,
    ],
  ];
  const changed: string[] = [];
  const toDo: string[] = [];
  for (const [file, edit, otherwise] of edits) {
    const path = join(folder, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const after = edit(before);
    if (after === undefined) toDo.push(otherwise);
    else if (after !== before) {
      writeFileSync(path, after);
      changed.push(file);
    }
  }
  return { changed, toDo };
}
