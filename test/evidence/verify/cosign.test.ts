import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle, openSigner, packBundle, signBundle } from '../../../src/evidence/index.ts';
import { cosignCommands, readPolicy, signersOfKeys, verifyBundle } from '../../../src/evidence/verify/index.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import { type Sigstore, startSigstore } from '../../support/keyless.ts';
import { temporaryFolder, write, writeInputs, writeSigned } from '../fixture.ts';
import { releaser, requestTo } from '../signing/identities.ts';
import { gzipOf, membersOf, tarOf } from './archives.ts';

const root = temporaryFolder();
let sigstore: Sigstore;
/** What `ig-evidence verify --cosign` prints, by how the bundle is signed and where it lies. */
const printed: Record<string, string[]> = {};

beforeAll(async () => {
  const { folder, publicKeyFile } = await writeSigned(join(root.path, "it's here"));
  const signers = signersOfKeys([publicKeyFile]);
  const report = await verifyBundle({ bundle: folder, keyFiles: [publicKeyFile] });
  printed['by a key, as a folder'] = cosignCommands({ report, bundle: folder, signers });
  const { file } = await packBundle(folder);
  printed['by a key, as an archive'] = cosignCommands({ report, bundle: file, signers });

  sigstore = await startSigstore();
  const request = writeInputs(join(root.path, 'keyless'));
  await buildBundle(request);
  await signBundle({ folder: request.out, signer: await openSigner(await requestTo(sigstore)) });
  write(join(root.path, 'keyless/root.json'), sigstore.trustedRoot);
  const listed = { identities: [releaser], trustedRoot: 'root.json' };
  const policyFile = write(join(root.path, 'keyless/policy.yaml'), JSON.stringify({ format: 1, signers: listed }));
  const policy = readPolicy(policyFile);
  const keyless = await verifyBundle({ bundle: request.out, policy });
  printed['by an identity'] = cosignCommands({ report: keyless, bundle: request.out, signers: policy.signers, policyFile });
});
afterAll(() => {
  sigstore.close();
  root.remove();
});

describe.each(['cosign2', 'cosign3'] as const)('what is printed works pasted, with stock %s and no network:', (tool) => {
  let bin: string;
  beforeAll(async () => {
    const cosign = await resolveTool(tool);
    bin = join(root.path, tool);
    mkdirSync(bin);
    symlinkSync(cosign, join(bin, 'cosign'));
  }, 600_000);

  it.each(['by a key, as a folder', 'by a key, as an archive', 'by an identity'])('%s', async (which) => {
    const commands = printed[which] ?? [];
    const signatures = commands.filter((line) => line.startsWith('cosign '));
    expect(signatures).toHaveLength(9);
    expect(commands.filter((line) => line.startsWith('#'))).toEqual([]);
    const cwd = join(bin, which.replaceAll(/\W/g, '-'));
    mkdirSync(cwd);
    const nowhere = 'http://127.0.0.1:1';
    const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: join(root.path, 'no-home'), HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere };
    const { stderr } = await run('/bin/sh', ['-ec', commands.join('\n')], { cwd, env, timeoutMilliseconds: 60_000 });
    expect(stderr.match(/Verified OK/g)).toHaveLength(signatures.length);
  });
});

it.each<[string, (folder: string) => Promise<string> | string, string]>([
  [
    'an archive of another name',
    async (folder) => {
      const { file } = await packBundle(folder);
      const members = membersOf(folder).map((member) => ({ ...member, path: member.path.replace('1.2.3', '1.2.4') }));
      return write(file, gzipOf(tarOf(members)));
    },
    'archive.name',
  ],
  ['an archive that is cut off', async (folder) => cut((await packBundle(folder)).file), 'archive.whole'],
  ['a file more', (folder) => dirname(write(join(folder, 'more.txt'), 'run this')), 'files.unlisted'],
  ['a file less', (folder) => dirname(without(join(folder, 'verdict.json'))), 'files.complete'],
  ['a link', (folder) => dirname(linked(join(folder, 'link'))), 'files.plain'],
  ['a manifest that is none', (folder) => dirname(write(join(folder, 'manifest.json'), '{}\n')), 'manifest.form'],
])('of %s there are no commands', async (what, change, check) => {
  const { folder, publicKeyFile } = await writeSigned(join(root.path, what));
  const bundle = await change(folder);
  const report = await verifyBundle({ bundle, keyFiles: [publicKeyFile] });
  expect(cosignCommands({ report, bundle, signers: signersOfKeys([publicKeyFile]) })).toEqual([`# none: ${check} failed`]);
});

function cut(file: string): string {
  return write(file, readFileSync(file).subarray(0, -1));
}

function without(file: string): string {
  rmSync(file);
  return file;
}

function linked(file: string): string {
  symlinkSync('/etc/passwd', file);
  return file;
}

it('of a signature by nobody who is trusted it says so', async () => {
  const { folder, publicKeyFile } = await writeSigned(join(root.path, 'other'));
  const stranger = (await writeSigned(join(root.path, 'stranger'))).publicKeyFile;
  const report = await verifyBundle({ bundle: folder, keyFiles: [stranger] });
  const [, ...lines] = cosignCommands({ report, bundle: folder, signers: signersOfKeys([stranger]) });
  expect(publicKeyFile).not.toBe(stranger);
  expect(lines[0]).toBe('# manifest.sigstore.json: of nobody who is trusted here');
});
