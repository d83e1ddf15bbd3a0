import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { removeFolders } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
import { query } from '../support/postgres.ts';
import { dataFolder, expectGone, isAlive, pidFile, pidIn, readyOf, serversIn, soon, start } from './embedded-server.ts';

describe('after kill -9', () => {
  test('of the gateway: the next one takes over the server that was left running, and its rows', async () => {
    const dataDir = dataFolder();
    const first = await startGateway(dataDir);
    const { ownerUrl, postmaster } = readyOf(first);
    await query(ownerUrl, 'create table kept as select 1 as one');
    await first.kill();
    const { server } = await start(dataDir);
    expect([server.pid, server.url('owner')]).toEqual([postmaster, ownerUrl]);
    expect(await query(server.url('owner'), 'select * from kept')).toEqual([{ one: 1 }]);
    expect((await startGateway(dataDir)).said.error?.code).toBe('storage.in_use');
    await server.stop();
    await expectGone(postmaster);
  });

  test('of the server: it is up again at the same address, with its rows, and says so', async () => {
    const { server, events } = await start(dataFolder());
    const [url, killed] = [server.url('owner'), server.pid ?? 0];
    await query(url, 'create table kept as select 1 as one');
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(
      () => expect(events).toEqual([expect.stringMatching(/^the embedded PostgreSQL had died and was started again/)]),
      soon,
    );
    expect(await query(url, 'select * from kept')).toEqual([{ one: 1 }]);
    expect(server.pid).not.toBe(killed);
  });

  test('of the server, and again: it is started as often as it dies', async () => {
    const { server, events } = await start(dataFolder());
    for (const times of [1, 2, 3]) {
      process.kill(server.pid ?? 0, 'SIGKILL');
      await vi.waitFor(() => expect(events.length).toBe(times), soon);
    }
    expect(await query(server.url('owner'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of the server while we stop: it stays down', async () => {
    const dataDir = dataFolder();
    const { server } = await start(dataDir);
    const lost = expectGone(server.pid ?? 0);
    process.kill(server.pid ?? 0, 'SIGKILL');
    await lost;
    await server.stop();
    expect(serversIn(dataDir)).toEqual([]);
  });

  test('of both: the next start recovers what was committed', async () => {
    const dataDir = dataFolder();
    const first = await startGateway(dataDir);
    const { ownerUrl, postmaster } = readyOf(first);
    await query(ownerUrl, 'create table kept as select n from generate_series(1, 1000) n');
    process.kill(postmaster, 'SIGKILL');
    await first.kill();
    const { server } = await start(dataDir);
    expect(await query(server.url('owner'), 'select count(*)::int as rows from kept')).toEqual([{ rows: 1000 }]);
  });
});

test('a server whose folder was removed under it is stopped all the same', async () => {
  const dataDir = dataFolder();
  const { server } = await start(dataDir);
  const pid = server.pid ?? 0;
  removeFolders([dataDir]);
  await server.stop();
  await expectGone(pid);
});

test('a lock that is lost while the server lives is taken again', async () => {
  const { server, events } = await start(dataFolder());
  await query(server.url('owner'), `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`);
  await vi.waitFor(() => expect(events.length).toBe(1), soon);
  expect(await query(server.url('owner'), `select count(*)::int as held from pg_locks where locktype = 'advisory' and granted`)).toEqual([
    { held: 1 },
  ]);
});

describe('a stale postmaster.pid', () => {
  /** Stops a cluster and leaves a file behind as a machine that lost its power does, with another process' id. */
  async function stoppedWith(pid: number): Promise<string> {
    const dataDir = dataFolder();
    const { server } = await start(dataDir);
    const { uid, gid } = statSync(pidFile(dataDir));
    const lines = readFileSync(pidFile(dataDir), 'utf8').split('\n');
    await server.stop();
    writeFileSync(pidFile(dataDir), [pid, ...lines.slice(1)].join('\n'));
    chownSync(pidFile(dataDir), uid, gid);
    return dataDir;
  }

  test('that names a dead process is no obstacle', async () => {
    const gone = await startGateway(dataFolder());
    await gone.end();
    const { server } = await start(await stoppedWith(gone.pid));
    expect(await query(server.url('owner'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('that names a living process of somebody else is no obstacle, and that process is left alone', async () => {
    const dataDir = await stoppedWith(process.pid);
    const signals: string[] = [];
    const note = () => signals.push('SIGINT');
    process.once('SIGINT', note);
    onTestFinished(() => void process.off('SIGINT', note));
    const { server } = await start(dataDir);
    expect(server.pid).toBe(pidIn(dataDir));
    expect(server.pid).not.toBe(process.pid);
    writeFileSync(pidFile(dataDir), readFileSync(pidFile(dataDir), 'utf8').replace(/^\d+/, String(process.pid)));
    await server.stop();
    expect([serversIn(dataDir), signals]).toEqual([[], []]);
  });
});

test.runIf(process.getuid?.() === 0)(
  'an ordinary user’s server starts over a stale postmaster.pid that names another process of that user',
  async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    const [mine, other] = [dataFolder(), dataFolder()];
    for (const folder of [mine, other]) chownSync(folder, nobody.uid, nobody.gid);
    const bystander = await startGateway(other, nobody);
    const first = await startGateway(mine, nobody);
    const lines = readFileSync(pidFile(mine), 'utf8').split('\n');
    await first.end();
    writeFileSync(pidFile(mine), [bystander.pid, ...lines.slice(1)].join('\n'), { mode: 0o600 });
    chownSync(pidFile(mine), nobody.uid, nobody.gid);
    const again = await startGateway(mine, nobody);
    expect(await query(readyOf(again).ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.end();
    await expectGone(readyOf(again).postmaster);
    expect(isAlive(bystander.pid)).toBe(true);
    await bystander.end();
  },
);
