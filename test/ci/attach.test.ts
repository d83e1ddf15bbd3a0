import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attach } from '../../ci/attach.ts';
import { downloadAsset, listAssets } from '../../ci/github/assets.ts';
import { releaseOf } from '../../ci/github/release.ts';
import { type StandIn, startStandIn } from '../../ci/stand-in/server.ts';
import { attempt } from '../../src/workbench/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-attach-'));
const archive = join(folder, 'bundle.tar.gz');
const manifest = join(folder, 'manifest.json');
let host: StandIn;

beforeAll(async () => {
  host = await startStandIn();
  writeFileSync(archive, 'first');
  writeFileSync(manifest, '{}\n');
});
beforeEach(() => void host.store.releases.splice(0));
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

const attached = () => host.store.releases.flatMap(({ assets }) => assets.map(({ name, bytes }) => `${name} ${bytes}`));

describe('attach refuses, and attaches nothing', () => {
  it('with a token that the host does not know', async () => {
    await expect(attach({ ...host, token: 'other' }, { tag: 'v1.0.0', files: [archive] })).rejects.toMatchObject({
      code: 'step.refused',
      message: expect.stringContaining('was refused with 401'),
    });
    expect(host.store.releases).toEqual([]);
  });

  it('where nobody answers', async () => {
    const away = await startStandIn();
    await away.close();
    await expect(attach(away, { tag: 'v1.0.0', files: [archive] })).rejects.toMatchObject({
      code: 'step.unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('a file that is not there, or whose name the host would change', async () => {
    const missing = attach(host, { tag: 'v1.0.0', files: [archive, join(folder, 'none.json')] });
    await expect(missing).rejects.toMatchObject({ code: 'step.unreadable' });
    mkdirSync(join(folder, 'odd'), { recursive: true });
    const odd = join(folder, 'odd', 'a b.json');
    writeFileSync(odd, '');
    await expect(attach(host, { tag: 'v1.0.0', files: [odd] })).rejects.toMatchObject({ code: 'step.usage' });
    expect(host.store.releases).toEqual([]);
  });

  it('where one of the files is attached with other bytes', async () => {
    host.store.addRelease('v1.0.0', false)?.assets.push(stored('manifest.json', 'other'));
    await expect(attach(host, { tag: 'v1.0.0', files: [archive, manifest] })).rejects.toMatchObject({
      code: 'step.asset_differs',
      message: 'release `v1.0.0` has another `manifest.json` attached',
    });
    expect(attached()).toEqual(['manifest.json other']);
  });
});

describe('attach', () => {
  it('makes the release, and uploads what is not there yet', async () => {
    const first = await attach(host, { tag: 'v1.0.0-rc.1', files: [archive] });
    expect(first).toEqual([{ name: 'bundle.tar.gz', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), uploaded: true }]);
    const second = await attach(host, { tag: 'v1.0.0-rc.1', files: [archive, manifest] });
    expect(second.map(({ name, uploaded }) => [name, uploaded])).toEqual([
      ['bundle.tar.gz', false],
      ['manifest.json', true],
    ]);
    expect(attached()).toEqual(['bundle.tar.gz first', 'manifest.json {}\n']);
    expect(host.store.releases.map(({ tag, prerelease }) => [tag, prerelease])).toEqual([['v1.0.0-rc.1', true]]);
  });

  it('puts a file in the place of one that it was told to replace, or of an upload that broke off', async () => {
    host.store.addRelease('v1.0.0', false)?.assets.push(stored('bundle.tar.gz', '', 'starter'), stored('manifest.json', 'other'));
    await attach(host, { tag: 'v1.0.0', files: [archive, manifest], replace: true });
    expect(attached()).toEqual(['bundle.tar.gz first', 'manifest.json {}\n']);
  });

  it('sees assets on later pages', async () => {
    const many = Array.from({ length: 205 }, (_, index) => stored(`file-${index}`, 'x'));
    host.store.addRelease('v1.0.0', false)?.assets.push(...many, stored('manifest.json', '{}\n'));
    const [answer] = await attach(host, { tag: 'v1.0.0', files: [manifest] });
    expect(answer?.uploaded).toBe(false);
  });

  it('is what can be downloaded afterwards', async () => {
    await attach(host, { tag: 'v1.0.0', files: [archive] });
    const release = await releaseOf(host, 'v1.0.0');
    const [asset] = await listAssets(host, release);
    if (asset === undefined) throw new Error('nothing is attached');
    expect((await buffer(await downloadAsset(host, asset))).toString()).toBe('first');
  });
});

describe('as a command', () => {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    attempt(process.execPath, [join(import.meta.dirname, '..', '..', 'ci', 'attach.ts'), ...args], {
      env: { PATH: process.env['PATH'], ...env },
    });

  it('tells how it is used, with exit code 2, when it is used wrongly', async () => {
    for (const [args, why] of [
      [['x.tar.gz'], '--tag is missing'],
      [['--tag', 'v1.0.0'], 'no FILE to attach'],
      [['--tag', 'v1.0.0', '--force', 'x'], "Unknown option '--force'"],
      [['--tag', 'v1.0.0', 'x'], 'the environment variable GITHUB_API_URL is missing'],
    ] as const) {
      const { code, stderr } = await run(args);
      expect(code).toBe(2);
      expect(stderr).toContain(`error step.usage: ${why}`);
      expect(stderr).toContain('usage: node ci/attach.ts --tag TAG');
    }
  });

  it('attaches, and ends with 1 when it is refused', async () => {
    const env = { GITHUB_API_URL: host.api, GITHUB_REPOSITORY: host.repository, GITHUB_TOKEN: host.token };
    expect(await run(['--tag', 'v1.0.0', manifest], env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^attached {2}manifest.json {2}sha256:/),
    });
    expect(await run(['--tag', 'v1.0.0', manifest], { ...env, GITHUB_TOKEN: 'x' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('→ '),
    });
  });
});

describe('the stand-in is as strict as the real one', () => {
  const authorized = () => ({ authorization: `Bearer ${host.token}`, 'user-agent': 'test' });

  it('about uploads: only at their address, with a type and their length told', async () => {
    const { id } = await releaseOf(host, 'v1.0.0');
    const path = `/repos/${host.repository}/releases/${id}/assets?name=a.json`;
    const post = (base: string, headers: Record<string, string>, init: RequestInit = { body: 'x' }) =>
      fetch(`${base}${path}`, { method: 'POST', headers: { ...authorized(), ...headers }, ...init });
    expect((await post(host.api, { 'content-type': 'text/plain' })).status).toBe(404);
    const chunks = { body: new Blob(['x']).stream(), duplex: 'half' } as const;
    expect((await post(host.uploads, { 'content-type': 'text/plain' }, chunks)).status).toBe(400);
    expect((await post(host.uploads, { 'content-type': 'text/plain' })).status).toBe(201);
    expect((await post(host.uploads, { 'content-type': 'text/plain' })).status).toBe(422);
    expect((await post(host.uploads, { authorization: 'Bearer x' })).status).toBe(401);
  });

  it('about downloads: the address is the permission, and a token besides is refused', async () => {
    await attach(host, { tag: 'v1.0.0', files: [manifest] });
    const [asset] = host.store.releases.flatMap(({ assets }) => assets);
    const address = `${host.storage}/${asset?.ticket}`;
    expect((await fetch(address)).status).toBe(200);
    expect((await fetch(address, { headers: authorized() })).status).toBe(400);
  });
});

let ids = 1;
function stored(name: string, text: string, state: 'uploaded' | 'starter' = 'uploaded') {
  return { id: ids++, name, contentType: 'text/plain', bytes: Buffer.from(text), state, ticket: `t${ids}` };
}
