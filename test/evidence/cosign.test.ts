import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { temporaryFolder, writeSigned } from './fixture.ts';

const root = temporaryFolder();
let bundle: string;

beforeAll(async () => {
  bundle = (await writeSigned(root.path)).folder;
});
afterAll(() => root.remove());

/** Whatever it tried to reach would fail, and it has no home with a cache of trust roots. */
function offline(): NodeJS.ProcessEnv {
  const nowhere = 'http://127.0.0.1:1';
  return { PATH: process.env['PATH'], HOME: join(root.path, 'no-home'), HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: '' };
}

/** The commands as HOW-TO-VERIFY.md gives them: what it tells people is what is tested. */
function commandsIn(folder: string): string[][] {
  const text = readFileSync(join(folder, 'HOW-TO-VERIFY.md'), 'utf8').replaceAll('\\\n', ' ');
  return [...text.matchAll(/^ {4}cosign (.+)$/gm)].map((match) => String(match[1]).split(/\s+/));
}

function copy(name: string): string {
  const folder = join(root.path, name);
  cpSync(bundle, folder, { recursive: true });
  return folder;
}

function flipByte(file: string, at: (length: number) => number): void {
  const bytes = readFileSync(file);
  const index = at(bytes.length);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 0x01, index);
  writeFileSync(file, bytes);
}

function verifyWith(cosign: string, folder: string, args: readonly string[]) {
  return run(cosign, args, { cwd: folder, env: offline(), timeoutMilliseconds: 20_000 });
}

describe.each(['cosign2', 'cosign3'] as const)('stock %s, with no network', (tool) => {
  let cosign: string;
  beforeAll(async () => {
    cosign = await resolveTool(tool);
  }, 600_000);
  const verify = (folder: string, args: readonly string[]) => verifyWith(cosign, folder, args);

  it('verifies every signature of the bundle with the commands of the guide', async () => {
    const commands = commandsIn(bundle);
    expect(commands.map(([verb]) => verb)).toEqual(['verify-blob', ...Array(5).fill('verify-blob-attestation')]);
    for (const args of commands) expect((await verify(bundle, args)).stderr).toContain('Verified OK');
  });

  it('rejects every one of them when one byte of the manifest differs', async () => {
    const folder = copy(`${tool}-manifest`);
    flipByte(join(folder, 'manifest.json'), (length) => Math.floor(length / 2));
    for (const args of commandsIn(folder)) await expect(verify(folder, args)).rejects.toMatchObject({ code: 'tool.failed' });
  });

  it('rejects each signature when one byte of it differs', async () => {
    const folder = copy(`${tool}-signatures`);
    for (const args of commandsIn(folder)) {
      const file = join(folder, String(args[args.indexOf('--bundle') + 1]));
      const text = readFileSync(file, 'utf8');
      writeFileSync(
        file,
        text.replace(/"(sig|signature)":"(.{20})(.)/, (_, key, before, char) => `"${key}":"${before}${char === 'A' ? 'B' : 'A'}`),
      );
      await expect(verify(folder, args)).rejects.toMatchObject({ code: 'tool.failed' });
    }
  });

  it('rejects them all with another key', async () => {
    const home = temporaryFolder();
    await writeSigned(home.path);
    const folder = join(home.path, 'moved');
    cpSync(bundle, folder, { recursive: true });
    for (const args of commandsIn(folder)) await expect(verify(folder, args)).rejects.toMatchObject({ code: 'tool.failed' });
    home.remove();
  });
});

// 2.x does not look at the type of the predicate, which is one reason for a verifier of our own.
it('cosign 3 rejects a statement of another type than the one asked for', async () => {
  const cosign = await resolveTool('cosign3');
  for (const args of commandsIn(bundle).filter((command) => command.includes('--type'))) {
    const other = args.map((arg) => (arg.startsWith('https://') ? `${arg}x` : arg));
    await expect(verifyWith(cosign, bundle, other)).rejects.toMatchObject({ code: 'tool.failed' });
  }
});

it('names every signature of the bundle in the guide', () => {
  const inGuide = commandsIn(bundle).map((args) => args[args.indexOf('--bundle') + 1]);
  expect(inGuide.toSorted()).toEqual(
    readdirSync(bundle)
      .filter((name) => name.endsWith('.sigstore.json'))
      .toSorted(),
  );
});
