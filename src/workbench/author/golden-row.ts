import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, isMap, parse } from 'yaml';
import { z } from 'zod';
import type { Json } from '../../core/index.ts';
import { type PolicyInput, policyInput } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { readGoldenCases } from '../golden/cases.ts';
import { decideFromSources, type RawDecision, writeInputs } from '../golden/decide.ts';
import { varied } from '../golden/varied.ts';
import { titleOf } from './templates.ts';

const goldenFile = z.looseObject({ base: policyInput });

export type RowRequest = {
  readonly folder: string;
  readonly opa: string;
  readonly domain: string;
  readonly rule: string;
  /** What differs from the file's base, by dotted path. */
  readonly set: Readonly<Record<string, Json>>;
};

/**
 * Appends a case to golden/<domain>.yaml that says what the policies answer now; a new file takes its base from another one.
 *
 * @returns the file and whether it is new; undefined when there is no golden case to take a base from
 */
export async function appendGoldenRow(request: RowRequest): Promise<{ readonly file: string; readonly isNew: boolean } | undefined> {
  const { folder, domain, rule, set } = request;
  const base = baseOf(folder, domain);
  if (base === undefined) return undefined;
  const file = `golden/${domain}.yaml`;
  const path = join(folder, file);
  const isNew = !existsSync(path);
  const before = isNew ? newFile(base) : readFileSync(path, 'utf8');
  const decision = await decide(request, base);
  const row = {
    title: titleOf(rule),
    given: {},
    cases: [{ name: 'what the scaffold answers; write what it must answer', set, expect: expectation(decision) }],
  };
  writeFileSync(path, `${before.trimEnd()}\n${isNew ? '' : '\n'}${indented(flowing(new Document([row])))}`);
  // Reads it back: a file that does not end with its groups cannot be appended to.
  readGoldenCases(folder);
  return { file, isNew };
}

/** The input that the domain's cases start from; of another domain when it has none yet. */
export function baseOf(folder: string, domain: string): PolicyInput | undefined {
  const golden = join(folder, 'golden');
  const names = existsSync(golden) ? readdirSync(golden).filter((name) => name.endsWith('.yaml')) : [];
  const name = names.find((one) => one === `${domain}.yaml`) ?? names.sort()[0];
  return name === undefined ? undefined : goldenFile.parse(parse(readFileSync(join(golden, name), 'utf8'))).base;
}

async function decide({ folder, opa, set }: RowRequest, base: PolicyInput): Promise<RawDecision> {
  const input = policyInput.parse(varied(base, set));
  const inputs = writeInputs([input]);
  const [[decision] = []] = await decideFromSources(opa, folder, inputs).finally(inputs.close);
  if (decision === undefined)
    throw new ToolError('tool.failed', 'the policies give no decision for the new case', { remedy: 'run `countersign policy test`' });
  return decision;
}

function expectation({ result, ruleId, rules, obligations }: RawDecision) {
  const unmet = rules.map((rule) => rule.ruleId);
  return { result, ruleId, ...(unmet.length > 0 && { unmet }), ...(obligations.length > 0 && { obligations }) };
}

function newFile(base: PolicyInput): string {
  return `# Say in one sentence what this domain is about, for whoever audits it.\n${flowing(new Document({ base }))}\ngroups:\n`;
}

/** YAML as in the other files: each part of an input and each answer on one line. */
function flowing(document: Document): string {
  const inOneLine = ['now', 'actor', 'resource', 'context', 'facts', 'set', 'expect'];
  const visit = (node: unknown): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (isMap(value) && inOneLine.includes(String(key))) value.flow = true;
        else visit(value);
      }
    } else if (typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)) node.items.forEach(visit);
  };
  visit(document.contents);
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
