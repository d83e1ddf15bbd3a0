import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { previous } from '../../ci/previous.ts';
import { type StandIn, startStandIn } from '../../ci/stand-in/server.ts';
import { packBundle } from '../../src/evidence/index.ts';
import { temporaryFolder, writeSigned } from '../evidence/fixture.ts';

const root = temporaryFolder();
const project = join(root.path, 'project');
const out = join(root.path, 'previous-manifest.json');
let host: StandIn;
/** Of v1.2.3. */
let archive: Buffer;
let manifest: Buffer;

beforeAll(async () => {
  host = await startStandIn();
  const { folder } = await writeSigned(join(root.path, 'made'));
  archive = readFileSync((await packBundle(folder)).file);
  manifest = readFileSync(join(folder, 'manifest.json'));
});
beforeEach(() => {
  host.store.releases.splice(0);
  rmSync(project, { recursive: true, force: true });
  rmSync(out, { force: true });
  mkdirSync(project);
  git('init', '-q');
});
afterAll(async () => {
  await host.close();
  root.remove();
});

function git(...args: string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: project, stdio: 'ignore' });
}

/** Commits with these tags, the last one being released. */
function tagged(...tags: readonly string[]): void {
  for (const tag of tags) {
    git('commit', '-q', '--allow-empty', '-m', tag);
    git('tag', tag);
  }
}

function attach(tag: string, name: string, bytes: Buffer): void {
  const release = host.store.addRelease(tag, false);
  if (release !== undefined) host.store.addAsset(release, { name, contentType: 'application/octet-stream', bytes, state: 'uploaded' });
}

const get = () => previous(host, out, project, join(root.path, 'log'));

it('writes the manifest of the release of the tag before', async () => {
  tagged('v1.0.0', 'v1.2.3', 'v1.3.0');
  attach('v1.2.3', 'evidence-v1.2.3.tar.gz', archive);
  expect(await get()).toBe('v1.2.3');
  expect(readFileSync(out).equals(manifest)).toBe(true);
});

it.each<[string, readonly string[], () => void]>([
  ['there is no tag before', ['v1.3.0'], () => {}],
  ['there is no release of it', ['v1.2.3', 'v1.3.0'], () => {}],
  ['nothing is attached to it', ['v1.2.3', 'v1.3.0'], () => void host.store.addRelease('v1.2.3', false)],
  ['something else is attached to it', ['v1.2.3', 'v1.3.0'], () => attach('v1.2.3', 'oscal-v1.2.3.json', Buffer.from('{}'))],
])('writes nothing where %s', async (_, tags, given) => {
  tagged(...tags);
  given();
  const before = host.store.releases.length;
  expect(await get()).toBeUndefined();
  expect(existsSync(out)).toBe(false);
  expect(host.store.releases).toHaveLength(before);
});

it('refuses the bundle of another release, and what is no bundle', async () => {
  tagged('v1.2.2', 'v1.3.0');
  attach('v1.2.2', 'evidence-v1.2.2.tar.gz', archive);
  await expect(get()).rejects.toMatchObject({
    code: 'step.malformed',
    message: 'the bundle attached to release `v1.2.2` is of `v1.2.3`',
  });
  host.store.releases.splice(0);
  attach('v1.2.2', 'evidence-v1.2.2.tar.gz', Buffer.from('no archive'));
  writeFileSync(join(root.path, 'log'), '');
  await expect(get()).rejects.toMatchObject({ code: 'step.command_failed', exitCode: 2 });
  expect(existsSync(out)).toBe(false);
});
