import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedPostgres } from '../../src/storage/index.ts';
import { refusalOf } from '../support/errors.ts';
import { removeFolders } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
import { query } from '../support/postgres.ts';
import { dataFolder, expectGone, readyOf, start } from './embedded-server.ts';

describe('a first start', () => {
  test('makes a cluster that only its account can read, on the loopback only, with durable writes', async () => {
    const dataDir = dataFolder();
    const { server } = await start(dataDir);
    expect(server.folder).toBe(join(dataDir, 'postgres'));
    expect(['.', 'data', 'owner.password', 'app.password'].map((name) => statSync(join(server.folder, name)).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600, 0o600,
    ]);
    const settings = await query(
      server.url('owner'),
      `select name, setting from pg_settings where name in
       ('data_checksums', 'fsync', 'full_page_writes', 'listen_addresses', 'synchronous_commit', 'unix_socket_directories') order by name`,
    );
    expect(settings).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
  });

  test('of two gateways at once on one folder: one serves, the other is told who does', async () => {
    const dataDir = dataFolder();
    const both = await Promise.all([startGateway(dataDir), startGateway(dataDir)]);
    const [winner, loser] = both[0].said.ready === undefined ? [both[1], both[0]] : both;
    expect(loser.said.error?.code).toBe('storage.in_use');
    expect(await query(readyOf(winner).ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await winner.end();
    await expectGone(readyOf(winner).postmaster);
  });
});

test('a second process on the same folder is refused, with the pid of the one that holds it, and leaves it alone', async () => {
  const dataDir = dataFolder();
  const { server } = await start(dataDir);
  const second = await startGateway(dataDir);
  expect(second.said).toEqual({
    error: {
      code: 'storage.in_use',
      message: `the data in \`${server.folder}\` is in use by another Countersign (countersign pid ${process.pid})`,
    },
  });
  expect(await query(server.url('owner'), 'select 1 as one')).toEqual([{ one: 1 }]);
});

/** The umask of a hardened root account, until the test ends. */
function shutOthersOut(): void {
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
}

describe.runIf(process.getuid?.() === 0)('started by root', () => {
  test('runs the server as an unprivileged account', async () => {
    const { server } = await start(dataFolder());
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
  });

  test('below a folder that others cannot enter, the data goes where they can, `folder` says so, and a restart finds it', async () => {
    const closed = dataFolder();
    chmodSync(closed, 0o700);
    const { server } = await start(join(closed, 'checkout', '.countersign'));
    onTestFinished(() => removeFolders([server.folder]));
    expect(server.folder).toMatch(/^\/var\/lib\/countersign\/[0-9a-f]{12}$/);
    await query(server.url('owner'), 'create table kept as select 1 as one');
    await server.stop();
    const { server: again } = await start(join(closed, 'checkout', '.countersign'));
    expect([again.folder, await query(again.url('owner'), 'select * from kept')]).toEqual([server.folder, [{ one: 1 }]]);
  });

  test('under a umask that shuts others out, makes folders that the account can enter', async () => {
    const parent = dataFolder();
    shutOthersOut();
    const { server } = await start(join(parent, 'a', 'b'));
    expect(server.folder).toBe(join(parent, 'a', 'b', 'postgres'));
  });

  test('with binaries that others cannot reach, runs a copy of them that they can', async () => {
    const [closed, dataDir] = [dataFolder(), dataFolder()];
    const packaged = await EmbeddedPostgres.start({ dataDir: dataFolder() });
    const bin = dirname(readlinkSync(`/proc/${packaged.pid}/exe`));
    await packaged.stop();
    shutOthersOut();
    cpSync(dirname(bin), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    chmodSync(closed, 0o700);
    const server = await EmbeddedPostgres.start({ dataDir, bin: join(closed, 'native', 'bin') });
    const running = readlinkSync(`/proc/${server.pid}/exe`);
    expect(running).toMatch(/^\/var\/lib\/countersign\/binaries-[0-9a-f]{12}\/bin\/postgres$/);
    await server.stop();
    removeFolders([dirname(dirname(running))]);
  });
});

describe('a start that cannot be', () => {
  test('says what PostgreSQL said: a broken cluster', async () => {
    const dataDir = dataFolder();
    const { server } = await start(dataDir);
    await server.stop();
    rmSync(join(server.folder, 'data', 'global'), { recursive: true });
    const refusal = await refusalOf(start(dataDir));
    expect(refusal.code).toBe('storage.start_failed');
    expect(refusal.message).toContain('the embedded PostgreSQL did not start: ');
    expect(refusal.message).toContain('global/pg_control');
    expect(refusal.remedy).toContain(join(server.folder, 'postgres.log'));
  });

  test('says what initdb said, and leaves nothing half-made', async () => {
    const dataDir = dataFolder();
    const bin = join(dataFolder(), 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'initdb'), '#!/bin/sh\necho "initdb: no room" >&2\nexit 1\n', { mode: 0o755 });
    const refusal = await refusalOf(EmbeddedPostgres.start({ dataDir, bin }));
    expect([refusal.code, refusal.message]).toEqual(['storage.start_failed', 'initdb failed: initdb: no room']);
    expect(readdirSync(dataDir)).toEqual([]);
  });
});
