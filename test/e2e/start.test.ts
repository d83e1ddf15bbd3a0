import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCountersign } from '../support/countersign-process.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { freePort } from '../support/ports.ts';
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** Each start is a process, and has this long to say what is wrong. */
const DEADLINE = 15_000;

const folder = makeFolder('start');
const taken = createServer();
let db: TestDatabase;
let takenPort: number;
let closedPort: number;

beforeAll(async () => {
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  takenPort = typeof address === 'object' && address !== null ? address.port : 0;
  closedPort = await freePort();
  db = await openTestDatabase();
});
afterAll(async () => {
  taken.close();
  await db.close();
  removeFolders([folder]);
});

let count = 0;
/** A folder with `config/` holding these files, and the environment to start on it. */
function prepare(files: { readonly [name: string]: string }, env: { readonly [name: string]: string } = {}) {
  count += 1;
  const home = join(folder, String(count));
  mkdirSync(join(home, 'config'), { recursive: true });
  const all = { 'countersign.yaml': quiet, 'incidents.yaml': incidents, ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(home, 'config', name), text);
  return { home, env: { COUNTERSIGN_CONFIG: join(home, 'config'), COUNTERSIGN_DATA: join(home, 'data'), PORT: '0', ...env } };
}

const quiet = '{ auth: { devIssuer: { port: 0 } } }\n';
const incidents = 'default: { severity: P3, category: system_error }\nrules: []\n';

type Case = readonly [
  name: string,
  files: { readonly [name: string]: string },
  env: () => { readonly [name: string]: string },
  said: (home: string) => string,
];

const cases: readonly Case[] = [
  [
    'no configuration where it was said to be',
    {},
    () => ({ COUNTERSIGN_CONFIG: '/nowhere' }),
    () =>
      "error: cannot read `/nowhere/countersign.yaml`: ENOENT: no such file or directory, open '/nowhere/countersign.yaml'\n  → create the file, or point COUNTERSIGN_CONFIG at the folder that holds it\n",
  ],
  [
    'a line that is not YAML',
    { 'countersign.yaml': 'mode: development\nserver:\n  port: 4000\n host: "127.0.0.1"\n' },
    () => ({}),
    (home) =>
      `error: \`${home}/config/countersign.yaml\` line 4, column 1: All mapping items must start at the same column\n  → correct that line; the file must be YAML 1.2\n`,
  ],
  [
    'a key that is given twice',
    { 'countersign.yaml': 'mode: development\nmode: production\n' },
    () => ({}),
    (home) =>
      `error: \`${home}/config/countersign.yaml\` line 2, column 1: Map keys must be unique\n  → correct that line; the file must be YAML 1.2\n`,
  ],
  [
    'unknown keys and wrong values, all at once',
    { 'countersign.yaml': 'sever: { port: 4000 }\nserver: { port: eighty }\nledger: { waitMilliseconds: -1 }\n' },
    () => ({}),
    (home) =>
      `error: \`${home}/config/countersign.yaml\` is not valid: \`server.port\`: Invalid input: expected number, received string; \`ledger.waitMilliseconds\`: Too small: expected number to be >=0; \`(top level)\`: Unrecognized key: "sever"\n  → correct the named keys; docs/configuration.md lists every key with its default\n`,
  ],
  [
    'a mapping of alerts with a severity that there is not',
    { 'incidents.yaml': 'default: { severity: P9, category: system_error }\nrules: []\n' },
    () => ({}),
    (home) =>
      `error: \`${home}/config/incidents.yaml\` is not valid: \`default.severity\`: Invalid option: expected one of "P0"|"P1"|"P2"|"P3"|"P4"\n  → correct the named keys; docs/configuration.md lists every key with its default\n`,
  ],
  [
    'a key file that is not there',
    {},
    () => ({ LEDGER_KEY_FILE: '/nowhere/ledger.pem' }),
    () =>
      "error: cannot read the ledger key `/nowhere/ledger.pem`: ENOENT: no such file or directory, open '/nowhere/ledger.pem'\n  → make one with `openssl genpkey -algorithm ed25519 -out /nowhere/ledger.pem`, or correct LEDGER_KEY_FILE\n",
  ],
  [
    'a key file that holds no key',
    {},
    () => ({ LEDGER_KEY_FILE: '/dev/null' }),
    () => 'error: `/dev/null` does not hold an Ed25519 private key in PKCS#8 PEM\n  → make one with `openssl genpkey -algorithm ed25519`\n',
  ],
  [
    'a secret that the environment lacks',
    { 'countersign.yaml': 'webhooks: { alertmanager: [{ name: prod, tenant: acme, bearer: { env: PROD_WEBHOOK_TOKEN } }] }\n' },
    () => ({}),
    () => 'error: the environment variable `PROD_WEBHOOK_TOKEN` is not set\n  → set PROD_WEBHOOK_TOKEN, or name a file instead\n',
  ],
  [
    'a secret file that is not there',
    { 'countersign.yaml': 'adapters: { agents: [{ name: prod, url: "http://127.0.0.1:1", bearer: { file: /nowhere/token } }] }\n' },
    () => ({}),
    () =>
      "error: cannot read the secret file `/nowhere/token`: ENOENT: no such file or directory, open '/nowhere/token'\n  → create it, readable by the user that runs the gateway only\n",
  ],
  [
    'a key of policy signers that is not there',
    { 'countersign.yaml': 'policy: { trust: { keys: [/nowhere/cosign.pub] } }\n' },
    () => ({}),
    () =>
      "error: cannot read `/nowhere/cosign.pub`, which `policy.trust` names: ENOENT: no such file or directory, open '/nowhere/cosign.pub'\n  → correct the name; it counts from the folder of countersign.yaml\n",
  ],
  [
    'identities of policy signers that no root vouches for',
    { 'countersign.yaml': 'policy: { trust: { identities: [{ issuer: "https://issuer.example", subject: a }] } }\n' },
    () => ({}),
    (home) =>
      `error: \`${home}/config/countersign.yaml\` is not valid: \`policy.trust\`: identities need a \`trustedRoot\`\n  → correct the named keys; docs/configuration.md lists every key with its default\n`,
  ],
  [
    'a candidate policy that is not there',
    { 'countersign.yaml': 'policy: { candidate: /nowhere/dist }\n' },
    () => ({}),
    () =>
      "error: cannot read `/nowhere/dist/manifest.json`: ENOENT: no such file or directory, open '/nowhere/dist/manifest.json'\n  → run `npm run policy:build`\n",
  ],
  [
    'a mode that there is not',
    {},
    () => ({ COUNTERSIGN_MODE: 'prod' }),
    () => 'error: COUNTERSIGN_MODE is `prod`\n  → set it to development or production\n',
  ],
  ['a port that there is not', {}, () => ({ PORT: '70000' }), () => 'error: PORT is `70000`\n  → set it to a number from 0 to 65535\n'],
  [
    'a database that is down',
    {},
    () => ({ DATABASE_URL: `postgresql://countersign:secret@127.0.0.1:${closedPort}/countersign` }),
    () =>
      `error: the database at \`127.0.0.1:${closedPort}\` cannot be reached: connect ECONNREFUSED 127.0.0.1:${closedPort}\n  → start it, or correct DATABASE_URL; unset it to run the embedded PostgreSQL\n`,
  ],
  [
    'a database URL that is none',
    {},
    () => ({ DATABASE_URL: 'mysql://root@localhost/x' }),
    () => 'error: DATABASE_URL is not a PostgreSQL URL\n  → write it as postgresql://user:password@host:5432/database\n',
  ],
];

const database = () => db.ownerUrl;

describe('a start that cannot be says why, and what to do', () => {
  it.each(cases)('%s', async (_name, files, env, said) => {
    const { home, env: whole } = prepare(files, { DATABASE_URL: database(), ...env() });
    const ended = await runCountersign(['start'], whole, home).endsWithin(DEADLINE);
    expect(ended).toEqual({ code: 2, signal: null, stdout: '', stderr: said(home) });
  });

  it('a port in use', async () => {
    const { home, env } = prepare({}, { DATABASE_URL: database(), PORT: String(takenPort), LOG_LEVEL: 'silent' });
    const ended = await runCountersign(['start'], env, home).endsWithin(DEADLINE);
    expect(ended).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: `error: cannot listen on 127.0.0.1:${takenPort}: listen EADDRINUSE: address already in use 127.0.0.1:${takenPort}\n  → free the port, or set PORT\n`,
    });
  });

  it('the dev issuer’s port in use', async () => {
    const { home, env } = prepare(
      { 'countersign.yaml': `auth: { devIssuer: { port: ${takenPort} } }\n` },
      { DATABASE_URL: database(), LOG_LEVEL: 'silent' },
    );
    const ended = await runCountersign(['start'], env, home).endsWithin(DEADLINE);
    expect({ ...ended, stderr: ended.stderr.split('\n') }).toMatchObject({
      code: 2,
      stderr: [
        expect.stringContaining(`error: the dev issuer cannot listen on \`127.0.0.1:${takenPort}\``),
        '  → set `auth.devIssuer.port` to a free port, or 0 for any',
        '',
      ],
    });
  });

  it('production without an issuer', async () => {
    const first = prepare({}, {});
    writeFileSync(join(first.home, 'ledger.pem'), ed25519);
    writeFileSync(join(first.home, 'vault.keys'), Buffer.alloc(32, 1).toString('base64'));
    const env = {
      ...first.env,
      DATABASE_URL: database(),
      COUNTERSIGN_MODE: 'production',
      LEDGER_KEY_FILE: join(first.home, 'ledger.pem'),
      VAULT_KEY_FILE: join(first.home, 'vault.keys'),
      LOG_LEVEL: 'silent',
    };
    const ended = await runCountersign(['start'], env, first.home).endsWithin(DEADLINE);
    expect(ended).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'error: no issuer is configured under `auth.issuers`\n  → name your OIDC issuer; the dev issuer does not run in production\n',
    });
  });

  it('production without a ledger key makes none', async () => {
    const { home, env } = prepare({}, { DATABASE_URL: database(), COUNTERSIGN_MODE: 'production' });
    const ended = await runCountersign(['start'], env, home).endsWithin(DEADLINE);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^error: cannot read the ledger key `[^`]*\/data\/ledger\.pem`: /);
    expect(existsSync(join(home, 'data', 'ledger.pem'))).toBe(false);
  });

  it('production without a vault key makes none', async () => {
    const { home, env } = prepare({}, { DATABASE_URL: database(), COUNTERSIGN_MODE: 'production' });
    writeFileSync(join(home, 'ledger.pem'), ed25519);
    const ended = await runCountersign(['start'], { ...env, LEDGER_KEY_FILE: join(home, 'ledger.pem') }, home).endsWithin(DEADLINE);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^error: cannot read the vault key `[^`]*\/data\/vault\.keys`: /);
    expect(existsSync(join(home, 'data', 'vault.keys'))).toBe(false);
  });
});

/** RFC 8410, §10.3: a key that everyone knows. */
const ed25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
`;
