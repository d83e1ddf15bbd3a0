import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import { Publisher, type PublisherOptions } from '../../src/ledger/index.ts';
import { verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import { codeOf, refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { acme } from '../support/ledger.ts';
import { followerOf, grow, type Installation, Opened, openInstallation, runWitness } from './witness-fixture.ts';

const globex = tenantId('globex');
const opened = new Opened();
let home: Installation;
let folder: string;
let told: { log: string; error: unknown }[];

beforeEach(async () => {
  home = await openInstallation(opened);
  folder = makeFolder('published');
  opened.add(() => removeFolders([folder]));
  told = [];
});
afterEach(() => opened.end());

const publisher = (over: Partial<PublisherOptions> = {}, of = home) =>
  new Publisher({
    database: of.database,
    folder,
    everySeconds: 10,
    git: false,
    onError: (log, error) => told.push({ log, error }),
    ...over,
  });
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const noteOf = async (log = acme, of = home) => (await of.ledger.checkpoint(log))?.note;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder, encoding: 'utf8' });

describe('a folder', () => {
  test('gets the newest checkpoint of every log, and keeps each one that was', async () => {
    expect(await publisher().round()).toBe(0);
    await grow(home, 2);
    await grow(home, 1, globex);
    const two = await noteOf();
    expect(await publisher().round()).toBe(2);
    await grow(home, 5);
    expect([await publisher().round(), await publisher().round()]).toEqual([1, 0]);
    expect(readdirSync(folder, { recursive: true }).map(String).toSorted()).toEqual([
      'acme',
      'acme/2',
      'acme/5',
      'acme/checkpoint',
      'globex',
      'globex/1',
      'globex/checkpoint',
    ]);
    expect([read('acme/2'), read('acme/5'), read('acme/checkpoint')]).toEqual([two, await noteOf(), await noteOf()]);
    expect(verifyCheckpoint(read('acme/checkpoint'), home.ledger.verifierKey(acme)).size).toBe(5);
    expect(told).toEqual([]);
  });

  test('gets what a quorum of witnesses has seen, where there are witnesses', async () => {
    const one = await runWitness(opened, 'one', [home.ledger.verifierKey(acme)]);
    const { follower, witnesses } = followerOf(home, [one]);
    const witnessed = publisher({ newest: (trx, log) => witnesses.witnessed(trx, log) });
    await grow(home, 3);
    expect(await witnessed.round()).toBe(0);
    await follower.round();
    expect([await witnessed.round(), read('acme/checkpoint').match(/^— \S+/gm)]).toEqual([
      1,
      ['— ledger.example/acme', '— witness.example/one'],
    ]);
  });

  const alarms: [string, (restored: Installation) => Promise<unknown>, string][] = [
    ['shorter', (restored) => grow(restored, 2), '4 entries are published, the log has 2'],
    ['as long', (restored) => grow(restored, 4), 'its first 4 entries are not the ones that are published'],
    ['longer', (restored) => grow(restored, 6), 'its first 4 entries are not the ones that are published'],
  ];
  test.each(alarms)('never gets one of another history that is %s: that is told, and what is out stays', async (_what, make, why) => {
    await grow(home, 4);
    await publisher().round();
    const out = await noteOf();
    const restored = await openInstallation(opened);
    await make(restored);
    for (const taken of [false, true]) {
      if (taken) rmSync(join(folder, 'acme/checkpoint')); // its history speaks
      expect(await publisher({}, restored).round()).toBe(0);
      expect(told.splice(0)).toEqual([
        { log: 'acme', error: expect.objectContaining({ code: 'ledger.inconsistent', message: `log \`acme\` is not published: ${why}` }) },
      ]);
      expect([read('acme/4'), existsSync(join(folder, 'acme/checkpoint'))]).toEqual([out, !taken]);
    }
  });

  test('whose checkpoint is no checkpoint any more is left as it is; other logs are published', async () => {
    await grow(home, 1);
    await publisher().round();
    await grow(home, 2);
    await grow(home, 1, globex);
    writeFileSync(join(folder, 'acme/checkpoint'), 'nothing');
    expect([await publisher().round(), read('acme/checkpoint'), existsSync(join(folder, 'globex/1'))]).toEqual([1, 'nothing', true]);
    expect(told.map(({ log }) => log)).toEqual(['acme']);
  });

  test('that cannot be written is told, and tried again', async () => {
    await grow(home, 1);
    writeFileSync(join(folder, 'file'), '');
    const blocked = publisher({ folder: join(folder, 'file', 'sub') });
    expect(await codeOf(blocked.round())).toBe('ledger.publish_failed');
    blocked.start();
    await vi.waitFor(() => expect(told.map(({ log }) => log)).toEqual(['*']), { timeout: 5_000, interval: 5 });
    await blocked.stop();
  });

  test('of another user is refused', async () => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, 65_534, 65_534);
    const [theirs, owner] = isRoot ? [folder, 65_534] : ['/', 0];
    expect(await refusalOf(publisher({ folder: theirs }).round())).toMatchObject({
      code: 'ledger.publish_refused',
      message: `\`${theirs}\` belongs to user ${owner}, the gateway runs as ${process.getuid?.()}`,
    });
  });
});

describe('a repository', () => {
  const commits = () => git('log', '--format=%an: %s', '--reverse').trim().split('\n');

  test('is made in an empty folder and gets a commit a round, whatever it has for hooks', async () => {
    await grow(home, 2);
    await grow(home, 1, globex);
    expect(await publisher({ git: true }).round()).toBe(2);
    writeFileSync(join(folder, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await grow(home, 3);
    const again = publisher({ git: true });
    expect([await again.round(), await again.round()]).toEqual([1, 0]);
    expect(commits()).toEqual(['countersign: acme 2, globex 1', 'countersign: acme 3']);
    expect([git('status', '--porcelain'), git('ls-files').trim().split('\n')]).toEqual([
      '',
      ['acme/2', 'acme/3', 'acme/checkpoint', 'globex/1', 'globex/checkpoint'],
    ]);
    expect(git('show', 'HEAD:acme/checkpoint')).toBe(await noteOf());
  });

  test('with changes of somebody else is refused until they are gone', async () => {
    await grow(home, 1);
    await publisher({ git: true }).round();
    await grow(home, 2);
    for (const [file, text] of [
      ['notes.txt', 'mine'],
      ['acme/1', 'another history'],
      ['acme/.hidden', ''],
    ] as const) {
      const before = existsSync(join(folder, file)) ? read(file) : undefined;
      writeFileSync(join(folder, file), text);
      expect(await refusalOf(publisher({ git: true }).round())).toMatchObject({
        code: 'ledger.publish_refused',
        message: `\`${folder}\` is not published into: \`${file}\` is changed and not committed`,
      });
      if (before === undefined) rmSync(join(folder, file));
      else writeFileSync(join(folder, file), before);
    }
    expect([await publisher({ git: true }).round(), commits()]).toEqual([1, ['countersign: acme 1', 'countersign: acme 2']]);
  });

  test('takes what was written before a crash and not committed, if the log says the same', async () => {
    await grow(home, 1);
    await publisher({ git: true }).round();
    await grow(home, 3);
    await publisher().round(); // writes, and does not commit
    writeFileSync(join(folder, 'acme/.4711.tmp'), 'half a check');
    await grow(home, 4);
    expect([await publisher({ git: true }).round(), commits()]).toEqual([1, ['countersign: acme 1', 'countersign: acme 4']]);
    expect(git('ls-files').trim().split('\n')).toEqual(['acme/1', 'acme/3', 'acme/4', 'acme/checkpoint']);
    await grow(home, 5);
    await publisher().round();
    expect([await publisher({ git: true }).round(), commits().at(-1)]).toEqual([0, 'countersign: left behind']);
  });

  test('takes nothing that was left there by another history, nor of a log that is not here', async () => {
    await grow(home, 2);
    const other = await openInstallation(opened);
    await grow(other, 2);
    mkdirSync(join(folder, 'acme'));
    writeFileSync(join(folder, 'acme/2'), (await noteOf(acme, other)) ?? '');
    expect(await codeOf(publisher({ git: true }).round())).toBe('ledger.inconsistent');
    rmSync(join(folder, 'acme'), { recursive: true });
    mkdirSync(join(folder, 'globex'));
    writeFileSync(join(folder, 'globex/2'), 'something');
    expect(await codeOf(publisher({ git: true }).round())).toBe('ledger.publish_refused');
    expect(git('rev-list', '--all', '--count').trim()).toBe('0');
  });

  test('that is inside of another one is refused', async () => {
    await grow(home, 1);
    git('init', '--quiet');
    const refusal = await refusalOf(publisher({ git: true, folder: join(folder, 'inner') }).round());
    expect(refusal).toMatchObject({
      code: 'ledger.publish_refused',
      message: expect.stringContaining(`inside of the repository \`${folder}\``),
    });
  });

  test('is pushed when that is asked for, also what an earlier push could not bring', async () => {
    const remote = makeFolder('remote');
    opened.add(() => removeFolders([remote]));
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main'], { cwd: remote });
    const theirs = () =>
      execFileSync('git', ['log', '--format=%s', '--reverse', 'main'], { cwd: remote, encoding: 'utf8' }).trim().split('\n');
    await grow(home, 1);
    const pushing = publisher({ git: true, push: true });
    expect(await codeOf(pushing.round())).toBe('ledger.publish_failed'); // there is no upstream yet; the commit is there
    git('remote', 'add', 'origin', remote);
    git('push', '--quiet', '--set-upstream', 'origin', 'main');
    await grow(home, 2);
    await publisher({ git: true }).round();
    expect(theirs()).toEqual(['acme 1']);
    expect(await pushing.round()).toBe(0);
    expect(theirs()).toEqual(['acme 1', 'acme 2']);
  });

  test('without git on the machine is told with what to do', async () => {
    await grow(home, 1);
    vi.stubEnv('PATH', folder);
    const refusal = await refusalOf(publisher({ git: true }).round()).finally(() => vi.unstubAllEnvs());
    expect(refusal).toMatchObject({ code: 'ledger.publish_failed', message: 'there is no `git` on PATH' });
  });
});
