import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256 } from '../../../src/core/index.ts';
import { generateKeyPair } from '../../../src/evidence/index.ts';
import type { Sigstore } from '../../support/keyless.ts';
import { signatures, temporaryFolder, write, writeBundle } from './fixture.ts';
import { identitiesIn, releaser, releaserName } from './identities.ts';

const root = temporaryFolder();
const { at } = root;
const given = identitiesIn(root);
const pair = generateKeyPair({ prefix: at('cosign') });
let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await given.start();
});
afterAll(given.close);

const program = join(import.meta.dirname, '../../../src/cli/ig-evidence.ts');
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { cwd: root.path, env: { PATH: process.env['PATH'], ...env } });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const ig = (args: readonly string[], env?: NodeJS.ProcessEnv) => ended(start(args, env));

it('signs with a key, adds a signature, and packs both times', async () => {
  const folder = writeBundle(at('by-key'));
  const first = await ig(['sign', folder, '--key', pair.privateKeyFile, '--json']);
  expect({ ...first, stdout: JSON.parse(first.stdout) }).toMatchObject({
    code: 0,
    stderr: '',
    stdout: { folder, release: 'v1.2.3', files: signatures, archive: { file: `${folder}.tar.gz` } },
  });
  const before = readFileSync(`${folder}.tar.gz`);

  const second = generateKeyPair({ prefix: at('second') });
  const added = await ig(['sign', folder, '--key', second.privateKeyFile, '--add']);
  expect(added).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('manifest.2.sigstore.json\n') });
  const after = readFileSync(`${folder}.tar.gz`);
  expect(after.equals(before)).toBe(false);
  expect(added.stdout).toContain(sha256(after).toString('hex'));
});

it('signs as an identity, and says how far it is', async () => {
  const services = ['--keyless', '--fulcio-url', sigstore.url, '--rekor-url', sigstore.url, '--tsa-url', sigstore.url];
  const token = await sigstore.token(releaser);
  const byVariable = await ig(['sign', writeBundle(at('by-variable')), ...services, '--json'], { SIGSTORE_ID_TOKEN: token });
  expect({ ...byVariable, stdout: JSON.parse(byVariable.stdout) }).toMatchObject({
    code: 0,
    stdout: { signer: releaserName, files: signatures },
  });
  expect(byVariable.stderr).toMatch(/5\/5, manifest\.sigstore\.json\n$/);
});

it('ends with 2 where nobody signs, or somebody cannot, and nothing is written', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], 'cli.invalid_option'],
    [['--key', 'cosign.key', '--rekor-url', 'https://rekor.example'], 'cli.invalid_option'],
    [['--key', 'cosign.key', '--add'], 'evidence.not_signed'],
  ];
  const folder = writeBundle(at('nothing'));
  const before = readdirSync(folder);
  const results = await Promise.all(cases.map(([options]) => ig(['sign', folder, ...options, '--json'])));
  expect(results.map(({ code, stderr, stdout }) => [code, stderr, JSON.parse(stdout).error.code])).toEqual(
    cases.map(([, error]) => [2, '', error]),
  );
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(`${folder}.tar.gz`)).toBe(false);
});

it('ends with 130 on Ctrl-C, and nothing is left behind', async () => {
  const folder = writeBundle(at('interrupted'));
  const before = readdirSync(folder);
  const third = at('third');
  const sign = `echo x >> ${at('count')}; if [ $(wc -l < ${at('count')}) = 3 ]; then touch ${third}; exec tail -f /dev/null; fi`;
  const kms = write(
    at('kms'),
    `#!/bin/sh\nif [ "$1" = sign ]; then ${sign}; openssl pkeyutl -sign -inkey ${pair.privateKeyFile} | base64; else cat ${pair.publicKeyFile}; fi\n`,
  );
  chmodSync(kms, 0o755);
  const appeared = new Promise<void>((resolve) => {
    const watcher = watch(root.path, (_, name) => {
      if (name !== basename(third)) return;
      watcher.close();
      resolve();
    });
  });
  const child = start(['sign', folder, '--key', `exec:${kms}`, '--json']);
  const result = ended(child);
  await appeared;
  child.kill('SIGINT');
  const { code, stdout, stderr } = await result;
  expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 130, error: 'evidence.interrupted' });
  expect(stderr).toMatch(/2\/5, notes\.txt\.sigstore\.json\n$/);
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(`${folder}.tar.gz`)).toBe(false);
});
