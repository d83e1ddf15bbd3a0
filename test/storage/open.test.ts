import { spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { tenantId } from '../../src/core/index.ts';
import { EmbeddedPostgres, openStorage, type Storage } from '../../src/storage/index.ts';
import { postgresBinaries } from '../support/binaries.ts';
import { refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { emptyDatabase, query } from '../support/postgres.ts';

const acme = tenantId('acme');
const dataDir = '/nonexistent';

async function opened(options: Parameters<typeof openStorage>[0]): Promise<Storage> {
  const storage = await openStorage(options);
  onTestFinished(() => storage.close());
  return storage;
}

function folderOf(purpose: string): string {
  const folder = makeFolder(purpose);
  onTestFinished(() => removeFolders([folder]));
  return folder;
}

describe('without DATABASE_URL', () => {
  test('opens the embedded server below the data folder, migrated, as the application role', async () => {
    const folder = folderOf('open');
    const storage = await opened({ dataDir: folder });
    expect(storage.description).toBe(`embedded PostgreSQL 18 in ${join(folder, 'postgres')}`);
    expect(await query(storage.appUrl, 'select current_user as me, session_user as login')).toEqual([
      { me: 'countersign_app', login: 'countersign_app' },
    ]);
    expect(await storage.database.transaction(acme, (trx) => trx.selectFrom('incident').selectAll().execute())).toEqual([]);
  });
});

describe('DATABASE_URL', () => {
  test('alone: migrates as its role and serves as `countersign_app`', async () => {
    const { ownerUrl } = await emptyDatabase();
    const storage = await opened({ dataDir, databaseUrl: ownerUrl });
    expect(await query(storage.appUrl, 'select current_user as me')).toEqual([{ me: 'countersign_app' }]);
    expect(storage.description).toBe(`PostgreSQL at 127.0.0.1${new URL(ownerUrl).pathname}`);
    expect(await storage.database.transaction(acme, (trx) => trx.selectFrom('incident').selectAll().execute())).toEqual([]);
  });

  test('with DATABASE_APP_URL: serves as that login', async () => {
    const { ownerUrl, appUrl } = await emptyDatabase();
    const storage = await opened({ dataDir, databaseUrl: ownerUrl, databaseAppUrl: appUrl });
    expect(await query(storage.appUrl, 'select session_user as me')).toEqual([{ me: 'countersign_app' }]);
    await storage.database.ping();
  });

  test.each([
    ['a superuser', (login: string) => `create role ${login} login superuser password 'p'`],
    ['a role that bypasses row-level security', (login: string) => `create role ${login} login bypassrls password 'p'`],
    ['a member of the owner', (login: string) => `create role ${login} login password 'p'; grant countersign to ${login}`],
  ])('with a DATABASE_APP_URL of %s: refused', async (_who, createRole) => {
    const { ownerUrl } = await emptyDatabase();
    const login = `login_${new URL(ownerUrl).pathname.slice(1)}`;
    await query(ownerUrl, createRole(login));
    onTestFinished(() => query(ownerUrl, `drop role ${login}`).then(() => undefined));
    const appUrl = Object.assign(new URL(ownerUrl), { username: login, password: 'p' }).toString();
    const refusal = await refusalOf(openStorage({ dataDir, databaseUrl: ownerUrl, databaseAppUrl: appUrl }));
    expect([refusal.code, refusal.message]).toEqual(['storage.invalid_url', 'the application role would bypass row-level security']);
    expect(refusal.remedy).toContain('DATABASE_APP_URL');
  });

  test.each(['', 'localhost:5432/x', 'mysql://localhost/x', 'postgresql://:::', 'http://localhost:5432/x'])(
    'that is no PostgreSQL URL (`%s`) is refused',
    async (databaseUrl) => {
      const refusal = await refusalOf(openStorage({ dataDir, databaseUrl }));
      expect([refusal.code, refusal.message]).toEqual(['storage.invalid_url', 'DATABASE_URL is not a PostgreSQL URL']);
    },
  );

  test.each([['127.0.0.1'], ['localhost']])(
    'where nobody listens (%s): away, with host and port and without the password',
    async (host) => {
      const port = await closedPort();
      const refusal = await refusalOf(openStorage({ dataDir, databaseUrl: `postgresql://owner:s3cret@${host}:${port}/x` }));
      expect(refusal.code).toBe('storage.unavailable');
      expect(refusal.message).toMatch(
        new RegExp(`^the database at \`${host}:${port}\` cannot be reached: (connect ECONNREFUSED [0-9a-f.:]+(; )?)+$`),
      );
      expect(refusal.remedy).toBe('start it, or correct DATABASE_URL; unset it to run the embedded PostgreSQL');
      expect(JSON.stringify([refusal.message, refusal.remedy, String(refusal.cause)])).not.toContain('s3cret');
    },
  );

  test('of a host that has no address: away', async () => {
    const refusal = await refusalOf(openStorage({ dataDir, databaseUrl: 'postgresql://owner:s3cret@no-such-host.invalid/x' }));
    expect(refusal.code).toBe('storage.unavailable');
    expect(refusal.message).toMatch(
      /^the database at `no-such-host.invalid:5432` cannot be reached: getaddrinfo (EAI_AGAIN|ENOTFOUND) no-such-host.invalid$/,
    );
  });

  test('of a host that takes the connection and never answers: away, within seconds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const port = portOf(silent.address());
    const refusal = await refusalOf(openStorage({ dataDir, databaseUrl: `postgresql://owner@127.0.0.1:${port}/x` }));
    expect([refusal.code, refusal.message]).toEqual([
      'storage.unavailable',
      `the database at \`127.0.0.1:${port}\` cannot be reached: timeout expired`,
    ]);
  });
});

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('DATABASE_URL with TLS', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let url: (parameters: Record<string, string>) => string;

  beforeAll(async () => {
    folder = makeFolder('tls');
    server = await EmbeddedPostgres.start({ dataDir: folder, ...postgresBinaries() });
    for (const ca of ['ca', 'other-ca']) {
      openssl(
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        `/CN=${ca}`,
        '-days',
        '2',
        '-keyout',
        `${ca}.key`,
        '-out',
        `${ca}.pem`,
      );
    }
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=database',
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
    );
    writeFileSync(join(folder, 'san'), 'subjectAltName=DNS:localhost');
    openssl(
      'x509',
      '-req',
      '-in',
      'server.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'san',
      '-out',
      'server.crt',
    );
    const data = join(server.folder, 'data');
    for (const name of ['server.key', 'server.crt']) {
      copyFileSync(join(folder, name), join(data, name));
      chownSync(join(data, name), statSync(data).uid, statSync(data).gid);
    }
    await query(server.url('owner'), 'alter system set ssl = on');
    await query(server.url('owner'), 'select pg_reload_conf()');
    await vi.waitFor(async () => expect(await query(server.url('owner'), 'show ssl')).toEqual([{ ssl: 'on' }]), {
      timeout: 5_000,
      interval: 20,
    });
    url = (parameters) => {
      const address = Object.assign(new URL(server.url('owner')), { hostname: 'localhost' });
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
      return address.toString();
    };
  });
  afterAll(async () => {
    await server.stop();
    removeFolders([folder]);
  });

  function openssl(...args: string[]): void {
    const run = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`openssl ${args[0]}: ${run.error?.message ?? run.stderr}`);
  }

  test('verify-full with the right authority: both roles speak TLS', async () => {
    const storage = await opened({ dataDir, databaseUrl: url({ sslmode: 'verify-full', sslrootcert: join(folder, 'ca.pem') }) });
    await storage.database.ping();
    expect(await query(storage.ownerUrl, 'select count(*)::int as encrypted from pg_stat_ssl where ssl')).toEqual([{ encrypted: 2 }]); // the pool's and this one
  });

  test('verify-full with another authority: refused before a password is sent', async () => {
    const work = openStorage({ dataDir, databaseUrl: url({ sslmode: 'verify-full', sslrootcert: join(folder, 'other-ca.pem') }) });
    await expect(work).rejects.toMatchObject({
      code: 'storage.unavailable',
      message: expect.stringMatching(/cannot be reached: .*certificate.*/),
    });
  });

  test('verify-full by a name the certificate does not have: refused', async () => {
    const byAddress = url({ sslmode: 'verify-full', sslrootcert: join(folder, 'ca.pem') }).replace('@localhost:', '@127.0.0.1:');
    await expect(openStorage({ dataDir, databaseUrl: byAddress })).rejects.toMatchObject({
      code: 'storage.unavailable',
      message: expect.stringContaining("Hostname/IP does not match certificate's altnames"),
    });
  });
});
