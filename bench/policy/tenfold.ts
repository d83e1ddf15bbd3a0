import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PolicyBundle, readBundle } from '../../src/policy/index.ts';
import { compilePolicies, resolveTool } from '../../src/workbench/index.ts';

/** The policies compiled with each domain's rules ten times: nine more under the names of other domains, with their own dispatch. */
export async function tenfold(policies: string): Promise<PolicyBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tenfold-'));
  try {
    for (const part of ['main', 'lib', 'rules', 'schema', 'capabilities.json']) {
      cpSync(join(policies, part), join(folder, part), { recursive: true });
    }
    const domains = readdirSync(join(folder, 'rules'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'core')
      .map(({ name }) => name);
    for (let copy = 2; copy <= 10; copy += 1) for (const domain of domains) copyDomain(join(folder, 'rules'), domain, `${domain}${copy}`);
    dispatch(join(folder, 'main/main.rego'));
    const dist = join(folder, 'dist');
    mkdirSync(dist);
    for (const [file, bytes] of await compilePolicies(folder, await resolveTool('opa'))) writeFileSync(join(dist, file), bytes);
    return readBundle(dist);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function copyDomain(rules: string, domain: string, to: string): void {
  for (const name of readdirSync(join(rules, domain), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.rego') || name.endsWith('_test.rego')) continue;
    const text = readFileSync(join(rules, domain, name), 'utf8');
    const renamed = text
      .replaceAll(`rules.${domain}.`, `rules.${to}.`)
      .replaceAll(`"${domain}.`, `"${to}.`)
      .replaceAll(`id: ${domain}.`, `id: ${to}.`);
    mkdirSync(dirname(join(rules, to, name)), { recursive: true });
    writeFileSync(join(rules, to, name), renamed);
  }
}

/** One line a domain chooses its rules: each is repeated for the copies. */
function dispatch(main: string): void {
  const lines = readFileSync(main, 'utf8').split('\n');
  const copies = (line: string): string[] => {
    const domain = /^_(?:grants|unmet)_of\("(\w+)"\)/.exec(line)?.[1];
    if (domain === undefined) return [line];
    const renamed = (copy: number): string =>
      line.replace(`"${domain}"`, `"${domain}${copy}"`).replace(`rules.${domain}[`, `rules.${domain}${copy}[`);
    return [line, ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map(renamed)];
  };
  writeFileSync(main, lines.flatMap(copies).join('\n'));
}
