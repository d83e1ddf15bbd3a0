import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attempt, resolveTool } from '../../src/workbench/index.ts';
import { temporaryFolder, write } from './fixture.ts';
import { makeReleases, type Releases } from './verify/releases.ts';

const root = temporaryFolder();
const at = (...names: string[]) => join(root.path, ...names);
let made: Releases;

/** `ig-evidence` and cosign, as whoever verifies has them. */
beforeAll(async () => {
  mkdirSync(at('bin'));
  const program = join(import.meta.dirname, '../../src/cli/ig-evidence.ts');
  chmodSync(write(at('bin/ig-evidence'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`), 0o755);
  symlinkSync(await resolveTool('cosign3'), at('bin/cosign'));
  made = await makeReleases(at('made'));
}, 600_000);
afterAll(() => root.remove());

/** The folders as the guide says that they must lie, the newest first. */
function place(...bundles: readonly string[]): string {
  const folder = at(`${bundles.length} bundles`);
  const names = ['bundle', ...bundles.slice(1).map((_, index) => `parent-${bundles.length - 2 - index}`)];
  for (const [index, bundle] of bundles.entries()) cpSync(bundle, join(folder, names[index] ?? ''), { recursive: true });
  cpSync(made.key.publicKeyFile, join(folder, 'cosign.pub'));
  cpSync(made.ledgerKeyFile, join(folder, 'log.vkey'));
  return join(folder, 'bundle');
}

function paste(commands: string, cwd: string) {
  const PATH = [at('bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  return attempt('/bin/sh', ['-ec', commands], { cwd, env: { PATH, HOME: at('no-home') }, timeoutMilliseconds: 60_000 });
}

const guideOf = (bundle: string) =>
  readFileSync(join(bundle, 'HOW-TO-VERIFY.md'), 'utf8')
    .match(/^ {4}.*$/gm)
    ?.join('\n') ?? '';
const pageOf = (bundle: string) =>
  (/<pre>(.*)<\/pre>/s.exec(readFileSync(join(bundle, 'index.html'), 'utf8'))?.[1] ?? '').replace(/&#(\d+);/g, (_, code) =>
    String.fromCharCode(code),
  );

it.each<[string, () => string[]]>([
  ['a bundle', () => [made.small]],
  ['a delta', () => [made.first, made.incomplete]],
  ['a second delta', () => [made.second, made.first, made.incomplete]],
])('the commands in %s work pasted, those of the guide and those of the page', async (_, bundles) => {
  const bundle = place(...bundles());
  const [guide, page] = [guideOf(bundle), pageOf(bundle)];
  expect(guide).toContain(page.split('\n')[0]);
  for (const commands of [guide, page]) {
    const { code, stdout, stderr } = await paste(commands, bundle);
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: expect.stringContaining('\nverified v1.2.3: ') });
  }
});
