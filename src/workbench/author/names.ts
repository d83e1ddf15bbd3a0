import { ToolError } from '../errors.ts';

/** Where a rule goes: `policies/rules/<domain>/<rule>`; its id is `<domain>.<rule>`. */
export type RuleName = { readonly domain: string; readonly rule: string };

const part = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** What Rego reads as something else where a package is named, and what the files import under the same name. */
const reserved = 'as contains data default else every false if import in input not null package result some testing true with'.split(' ');

/** Reads `<domain>/<rule>`. @throws ToolError `policy.bad_name` */
export function parseRuleName(text: string): RuleName {
  const [domain = '', rule = '', ...more] = text.split('/');
  if (more.length > 0 || rule === '') throw badName(text, 'is not of the form `<domain>/<rule>`');
  for (const name of [domain, rule]) {
    if (!part.test(name)) throw badName(text, `holds \`${name}\`, which is not lower case letters, digits and single \`_\``);
    if (reserved.includes(name)) throw badName(text, `holds \`${name}\`, which is a word of Rego or of every rule file`);
    if (name.endsWith('_test')) throw badName(text, `holds \`${name}\`, which would be taken for a test`);
  }
  return { domain, rule };
}

function badName(text: string, why: string): ToolError {
  return new ToolError('policy.bad_name', `\`${text}\` ${why}`, { remedy: 'name it like `orchestration/change_freeze`' });
}
