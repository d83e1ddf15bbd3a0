import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair, openSigner, signBundle } from '../../../src/evidence/index.ts';
import { cosignCommand, signaturesOf } from '../../../src/evidence/layout/guide.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import { readJson, sign, signatures, temporaryFolder, writeBundle } from './fixture.ts';

const root = temporaryFolder();
const bundle = root.at('bundle');
const second = generateKeyPair({ prefix: root.at('second') });
beforeAll(async () => {
  writeBundle(bundle);
  const { privateKeyFile } = generateKeyPair({ prefix: root.at('cosign') });
  await sign(bundle, privateKeyFile);
  await signBundle({ folder: bundle, signer: await openSigner({ key: second.privateKeyFile }), add: true });
});
afterAll(() => root.remove());

/** The commands that the guide and the page of a bundle print: what people are told is what is tested. */
const commands = () => signaturesOf(readJson(join(bundle, 'manifest.json'))).map((signature) => argsOf(cosignCommand(signature)));
const argsOf = (command: string) => command.replaceAll('\\\n', ' ').split(/\s+/).slice(1);
const bundleIn = (args: readonly string[]) => String(args[args.indexOf('--bundle') + 1]);

function copy(name: string): string {
  const folder = root.at(name);
  cpSync(bundle, folder, { recursive: true });
  return folder;
}

function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${file} did not change`);
  writeFileSync(file, changed);
}

/** Whatever it tried to reach would fail, and it has no home with a cache of trust roots. */
function verifyWith(cosign: string, folder: string, args: readonly string[]) {
  const nowhere = 'http://127.0.0.1:1';
  const env = { PATH: process.env['PATH'], HOME: root.at('no-home'), HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: '' };
  return run(cosign, args, { cwd: folder, env, timeoutMilliseconds: 20_000 });
}

it('every signature has its command', () => {
  expect(commands().map(bundleIn).toSorted()).toEqual(signatures.toSorted());
});

describe.each(['cosign2', 'cosign3'] as const)('stock %s, with no network,', (tool) => {
  let cosign: string;
  beforeAll(async () => {
    cosign = await resolveTool(tool);
  }, 600_000);
  const verify = (folder: string, args: readonly string[]) => verifyWith(cosign, folder, args);

  it('verifies every signature', async () => {
    for (const args of commands()) expect((await verify(bundle, args)).stderr).toContain('Verified OK');
  });

  it('verifies a further signature', async () => {
    const args = argsOf(cosignCommand({ file: 'manifest.2.sigstore.json', predicateType: null }));
    expect((await verify(bundle, args.with(args.indexOf('--key') + 1, second.publicKeyFile))).stderr).toContain('Verified OK');
    await expect(verify(bundle, args)).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('rejects them all when one byte of the manifest differs', async () => {
    const folder = copy(`${tool}-manifest`);
    edit(join(folder, 'manifest.json'), (text) => text.replace('v1.2.3', 'v1.2.4'));
    for (const args of commands()) await expect(verify(folder, args)).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('rejects each when one byte of it differs', async () => {
    const folder = copy(`${tool}-signatures`);
    for (const args of commands()) {
      edit(join(folder, bundleIn(args)), (text) =>
        text.replace(/"(sig|signature)":"(.{20})(.)/, (_, key, before, char) => `"${key}":"${before}${char === 'A' ? 'B' : 'A'}`),
      );
      await expect(verify(folder, args)).rejects.toMatchObject({ code: 'tool.failed' });
    }
  });

  it('rejects them all with another key', async () => {
    for (const args of commands()) {
      const other = args.with(args.indexOf('--key') + 1, second.publicKeyFile);
      await expect(verify(bundle, other)).rejects.toMatchObject({ code: 'tool.failed' });
    }
  });
});

// 2.x does not look at the type of the predicate, which is one reason for a verifier of our own.
it('cosign 3 rejects a statement of another type than the one asked for', async () => {
  const cosign = await resolveTool('cosign3');
  for (const args of commands().filter((command) => command.includes('--type'))) {
    const other = args.map((arg) => (arg.startsWith('https://') ? `${arg}x` : arg));
    await expect(verifyWith(cosign, bundle, other)).rejects.toMatchObject({ code: 'tool.failed' });
  }
});
